'use strict';
(() => {
  const MOST_POINTS = 2000;   // kept
  const MOST_DRAWN = 240;     // of a plot: more than a screen shows
  const TABLE_ROWS = 10;
  const POLL_MILLIS = 2000;
  const SVG = 'http://www.w3.org/2000/svg';

  /* ---- elements: whatever the server says becomes a text node ---- */

  const put = (node, attributes, children) => {
    Object.entries(attributes || {}).forEach(([name, value]) => node.setAttribute(name, value));
    children.forEach(child => node.append(child instanceof Node ? child : document.createTextNode(String(child))));
    return node;
  };
  const el = (tag, attributes, ...children) => put(document.createElement(tag), attributes, children);
  const draw = (tag, attributes, ...children) => put(document.createElementNS(SVG, tag), attributes, children);

  /* ---- words ---- */

  const whole = n => n === null || n === undefined ? 'unknown' : Math.round(n).toLocaleString('en');
  const short = n => {
    const size = Math.abs(n);
    if (size >= 1e9) return (n / 1e9).toPrecision(3) + ' G';
    if (size >= 1e6) return (n / 1e6).toPrecision(3) + ' M';
    if (size >= 1e4) return (n / 1e3).toPrecision(3) + ' k';
    return size >= 100 || Number.isInteger(n) ? Math.round(n).toString() : n.toFixed(1);
  };
  const bytes = n => {
    if (n === null) return 'larger';
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
    let unit = 0;
    while (n >= 1024 && unit < units.length - 1) { n /= 1024; unit++; }
    return (Number.isInteger(n) ? n : n.toFixed(1)) + ' ' + units[unit];
  };
  const span = seconds => {
    if (seconds === null || seconds === undefined) return 'unknown';
    const s = Math.round(seconds);
    if (s < 60) return s + ' s';
    if (s < 3600) return Math.floor(s / 60) + ' min ' + s % 60 + ' s';
    if (s < 86400) return Math.floor(s / 3600) + ' h ' + Math.floor(s % 3600 / 60) + ' min';
    return Math.floor(s / 86400) + ' d ' + Math.floor(s % 86400 / 3600) + ' h';
  };
  const millis = n => n >= 1000 ? (n / 1000).toFixed(2) + ' s' : n.toPrecision(3) + ' ms';
  const clock = iso => iso ? new Date(iso).toLocaleString('sv') : 'never';

  /* ---- a plot with its legend and, beside it, its table ---- */

  class Plot {
    constructor(parent, title, format, most, step) {
      this.step = step;
      this.format = format;
      this.most = most; // of the vertical axis, where that is fixed
      this.title = title;
      this.svg = draw('svg', {role: 'img'});
      this.legend = el('ul', {class: 'legend'});
      this.read = el('output', {class: 'read'});
      this.plot = el('div', {class: 'plot', tabindex: '0', role: 'group',
        'aria-label': title + ': arrow keys read values'}, this.svg, this.legend, this.read);
      this.head = el('tr');
      this.body = el('tbody');
      const table = el('table', {'aria-label': title}, el('thead', {}, this.head), this.body);
      const side = el('div', {class: 'side scroll', tabindex: '0', role: 'region', 'aria-label': title + ', table'}, table);
      parent.append(el('figure', {class: 'card'}, el('figcaption', {}, title), this.plot, side));
      this.at = null;
      this.plot.addEventListener('keydown', event => this.key(event));
      this.svg.addEventListener('pointermove', event => this.point(event));
      this.svg.addEventListener('pointerleave', () => this.show(null));
    }

    update(times, series) {
      this.times = times;
      this.series = series;
      if (this.at !== null && this.at >= times.length) this.at = null;
      this.paint();
      this.list();
    }

    paint() {
      const width = Math.max(260, this.plot.clientWidth || 600), height = 190;
      const left = 52, right = 10, top = 8, bottom = 22;
      const n = this.times.length;
      const highest = Math.max(0, ...this.series.flatMap(one => one.values));
      const step = this.most ? this.step || this.most / 4 : niceStep(highest);
      const max = this.most || Math.max(step, Math.ceil(highest / step) * step);
      const from = n ? this.times[0] : 0, to = n > 1 ? this.times[n - 1] : from + 1;
      const x = t => left + (t - from) / (to - from || 1) * (width - left - right);
      const y = v => top + (1 - Math.min(v, max) / max) * (height - top - bottom);
      this.x = x;
      this.svg.replaceChildren();
      this.svg.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
      this.svg.setAttribute('aria-label', this.title + '. ' + this.series
        .map(one => one.name + ' ' + (n ? this.format(one.values[n - 1]) : 'none yet')).join(', '));
      for (let v = 0; v <= max + step / 2; v += step) {
        this.svg.append(draw('line', {class: 'grid', x1: left, x2: width - right, y1: y(v), y2: y(v)}));
        this.svg.append(draw('text', {x: left - 6, y: y(v) + 4, 'text-anchor': 'end'}, this.format(v)));
      }
      const ticks = Math.max(1, Math.floor((width - left) / 150));
      for (let i = 0; i <= ticks && n > 1; i++) {
        const t = from + (to - from) * i / ticks;
        this.svg.append(draw('text', {x: x(t), y: height - 5,
          'text-anchor': i === 0 ? 'start' : i === ticks ? 'end' : 'middle'}, span(t)));
      }
      this.series.forEach((one, i) => {
        const path = one.values.map((v, k) => (k ? 'L' : 'M') + x(this.times[k]).toFixed(1) + ' ' + y(v).toFixed(1));
        if (n) this.svg.append(draw('path', {class: 'curve c' + i % 5, d: path.join('')}));
      });
      this.cursor = draw('line', {class: 'cursor', y1: top, y2: height - bottom, visibility: 'hidden'});
      this.svg.append(this.cursor);
      this.legend.replaceChildren(...this.series.map((one, i) => el('li', {},
        draw('svg', {viewBox: '0 0 28 10', 'aria-hidden': 'true'}, draw('path', {class: 'curve c' + i % 5, d: 'M0 5L28 5'})),
        one.name + (n ? ': ' + this.format(one.values[n - 1]) : ''))));
      this.show(this.at);
    }

    list() {
      this.head.replaceChildren(el('th', {scope: 'col'}, 'After'),
        ...this.series.map(one => el('th', {scope: 'col'}, one.name)));
      const n = this.times.length, rows = [];
      const gap = Math.max(1, (n - 1) / (TABLE_ROWS - 1));
      for (let k = n - 1; k >= -0.001 && n; k -= gap) {
        const at = Math.max(0, Math.round(k));
        rows.push(el('tr', {}, el('th', {scope: 'row'}, span(this.times[at])),
          ...this.series.map(one => el('td', {}, this.format(one.values[at])))));
      }
      this.body.replaceChildren(...rows);
    }

    key(event) {
      const n = this.times ? this.times.length : 0;
      const moves = {ArrowLeft: -1, ArrowRight: 1, Home: -n, End: n};
      if (!n || !(event.key in moves)) return;
      event.preventDefault();
      const before = this.at === null ? n - 1 : this.at;
      this.show(Math.min(n - 1, Math.max(0, before + moves[event.key])));
    }

    point(event) {
      const n = this.times ? this.times.length : 0;
      const box = this.svg.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width * this.svg.viewBox.baseVal.width;
      let nearest = null;
      for (let k = 0; k < n; k++) {
        if (nearest === null || Math.abs(this.x(this.times[k]) - x) < Math.abs(this.x(this.times[nearest]) - x)) nearest = k;
      }
      this.show(nearest);
    }

    show(at) {
      this.at = at;
      if (at === null || at === undefined || !this.times.length) {
        this.cursor.setAttribute('visibility', 'hidden');
        this.read.textContent = '';
        return;
      }
      const x = this.x(this.times[at]);
      this.cursor.setAttribute('x1', x);
      this.cursor.setAttribute('x2', x);
      this.cursor.setAttribute('visibility', 'visible');
      this.read.textContent = 'After ' + span(this.times[at]) + ': '
        + this.series.map(one => one.name + ' ' + this.format(one.values[at])).join(', ');
    }
  }

  const niceStep = highest => {
    if (highest <= 0) return 1;
    const rough = highest / 4, power = Math.pow(10, Math.floor(Math.log10(rough)));
    return [1, 2, 2.5, 5, 10].map(f => f * power).find(step => step >= rough);
  };

  /* ---- what has happened so far ---- */

  const history = {names: [], points: []};

  const column = name => history.names.indexOf(name);
  const drawn = () => {
    const points = history.points, gap = Math.ceil(points.length / MOST_DRAWN) || 1;
    return points.filter((point, k) => (points.length - 1 - k) % gap === 0);
  };
  const values = (points, name, factor) => points.slice(1).map(point => point[column(name)] * (factor || 1));
  const rate = (points, name, factor) => points.slice(1).map((point, k) => {
    const millisBetween = point[0] - points[k][0];
    return millisBetween > 0 ? Math.max(0, point[column(name)] - points[k][column(name)]) * 1000 * (factor || 1) / millisBetween : 0;
  });
  const seriesOf = (points, kind) => history.names.filter(name => name.startsWith(kind + ':'))
    .map(name => ({name: name.slice(kind.length + 1), values: values(points, name, 0.1)}));

  const remember = status => {
    if (status.history) {
      history.names = status.history.names;
      history.points = status.history.points;
    } else if (status.point && history.names.length === status.point.length) {
      history.points.push(status.point);
    }
    if (history.points.length > MOST_POINTS) history.points = history.points.filter((point, k) => k % 2 === 1);
  };

  /* ---- the page ---- */

  const plots = document.getElementById('plots');
  const percent = v => Math.round(v) + ' %';
  const objectsPlot = new Plot(plots, 'Objects per second', short);
  const bytesPlot = new Plot(plots, 'Megabytes per second', short);
  const leftPlot = new Plot(plots, 'Rows left', short);
  const ringsPlot = new Plot(plots, 'Rings: how full', percent, 100);
  const budgetsPlot = new Plot(plots, 'Budgets: how full', percent, 100);
  const putsPlot = new Plot(plots, 'PUTs in flight', short);
  const failedPlot = new Plot(plots, 'Failed objects', short);
  const heldPlot = new Plot(plots, 'Paused by the gate, or waiting for a server', v => v ? 'yes' : 'no', 1, 1);

  const showPlots = () => {
    const points = drawn(), times = points.slice(1).map(point => point[0] / 1000);
    objectsPlot.update(times, ['received', 'stored', 'committed'].map(name => ({name, values: rate(points, name)})));
    bytesPlot.update(times, [
      {name: 'received', values: rate(points, 'received_bytes', 1e-6)},
      {name: 'stored', values: rate(points, 'stored_bytes', 1e-6)}]);
    leftPlot.update(times, [{name: 'rows left', values: values(points, 'left')}]);
    ringsPlot.update(times, seriesOf(points, 'ring'));
    budgetsPlot.update(times, seriesOf(points, 'budget'));
    putsPlot.update(times, [{name: 'in flight', values: values(points, 'in_flight')}]);
    failedPlot.update(times, [{name: 'failed', values: values(points, 'failed')}]);
    heldPlot.update(times, [
      {name: 'paused', values: values(points, 'paused')}, {name: 'server away', values: values(points, 'away')}]);
  };

  const phases = {
    checking: 'checks database and bucket', migrating: 'copies objects', finishing: 'finishes', ended: 'has ended'};

  const waitsFor = status => {
    const closed = (status.gate ? status.gate.closures : []).filter(one => one.now).map(one => one.by);
    const away = (status.servers || []).filter(one => one.away_s !== null).map(one => one.name);
    return [...closed.map(by => 'paused: ' + by), ...away.map(name => 'waits for ' + name)].join('; ');
  };

  const showState = status => {
    const state = document.getElementById('state');
    const waiting = status.phase === 'ended' ? '' : waitsFor(status);
    const outcome = status.outcome ? ': ' + status.outcome : '';
    const text = 'Run ' + status.run_id + (status.source ? ', source ' + status.source + ', ' : ' ') + (phases[status.phase] || status.phase) + outcome
      + (waiting ? '; ' + waiting : '') + '. ' + status.version + ', began ' + clock(status.started) + '.';
    if (state.textContent !== text) state.textContent = text; // a screen reader says what changes
    state.className = waiting ? 'held' : '';
    document.title = (status.rows && status.rows.percent !== null ? status.rows.percent.toFixed(1) + ' % – ' : '') + 'lo-migrate';
  };

  const bar = el('progress', {max: '100', 'aria-label': 'rows migrated, in percent'});
  const barText = el('strong');
  const rowsText = el('span');
  const tiles = el('dl', {class: 'tiles'});
  document.getElementById('overview').append(
    el('div', {class: 'card'}, el('div', {class: 'bar'}, barText, bar, rowsText), tiles));

  const tile = (name, value, kind) => el('div', {}, el('dt', {}, name), el('dd', kind ? {class: kind} : {}, value));

  const rateNow = name => {
    const points = history.points.slice(-6);
    return points.length < 2 ? null : rate([points[0], points[points.length - 1]], name)[0];
  };

  const showOverview = status => {
    const rows = status.rows || {};
    const known = rows.percent !== null && rows.percent !== undefined;
    if (known) bar.value = rows.percent; else bar.removeAttribute('value');
    barText.textContent = known ? (Math.floor(rows.percent * 100) / 100).toFixed(2) + ' %' : 'not counted yet';
    rowsText.textContent = known ? whole(rows.migrated_in_all) + ' of ' + whole(rows.table) + ' rows' : '';
    const now = status.phase === 'migrating' ? rateNow('committed') : null;
    const waiting = status.phase === 'ended' ? '' : waitsFor(status);
    const failed = (status.failed || []).reduce((sum, one) => sum + one.count, 0);
    tiles.replaceChildren(
      tile('Migrated in this run', whole(rows.migrated)),
      tile('Left', whole(rows.left)),
      tile('Objects per second, now', now === null ? '–' : short(now)),
      tile('Time left', status.phase === 'ended' || waiting ? '–' : span(status.eta_s)),
      tile('Time so far', span(status.elapsed_s)),
      tile('Failed objects', whole(failed), failed ? 'bad' : ''),
      tile('Waits for', waiting || 'nothing', waiting ? 'held' : ''),
      tile('Last commit', status.last_commit ? clock(status.last_commit).slice(11) : '–'));
  };

  const tables = document.getElementById('tables');

  const table = (title, heads, rows, none) => {
    const inner = rows.length
      ? el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title + ', table'},
        el('table', {'aria-label': title},
          el('thead', {}, el('tr', {}, ...heads.map(head => el('th', {scope: 'col', ...(head.text ? {class: 'text'} : {})}, head.name)))),
          el('tbody', {}, ...rows.map(row => el('tr', {}, ...row.map((cell, i) => i === 0
            ? el('th', {scope: 'row'}, cell) : el('td', heads[i].text ? {class: 'text'} : {}, cell)))))))
      : el('p', {class: 'none'}, none);
    return el('section', {class: 'card'}, el('h2', {}, title), inner);
  };
  const heads = (...names) => names.map(name => name.startsWith('=') ? {name: name.slice(1), text: true} : {name});

  let tablesShown = '';
  const showTables = (status, report) => {
    const now = JSON.stringify([status.failed, status.calls, status.sizes, status.gate, status.servers, status.stages]);
    if (now === tablesShown || tables.contains(document.activeElement)) return; // who reads a table must not lose the place
    tablesShown = now;
    const parts = [
      table('Stages', heads('Stage', 'Objects', 'Bytes'),
        (status.stages || []).map(one => [one.name, whole(one.objects), bytes(one.bytes)]), 'Not begun yet.'),
      table('Failures by reason', heads('Reason', '=Meaning', 'Objects'),
        (status.failed || []).map(one => [one.reason, one.text, whole(one.count)]), 'No object has failed.'),
      table('How long calls take', heads('Call', 'Count', 'Median', '90 %', '99 %'),
        (status.calls || []).filter(one => one.count).map(one =>
          [one.name, whole(one.count), millis(one.p50_ms), millis(one.p90_ms), millis(one.p99_ms)]), 'No call was answered yet.'),
      table('Sizes of stored objects', heads('Up to', 'Objects'),
        (status.sizes || []).filter(one => one.count).map(one => [bytes(one.to), whole(one.count)]), 'Nothing is stored yet.'),
      table('What has paused the run', heads('Gate closed by', 'Times', 'In all', '=Now'),
        (status.gate ? status.gate.closures : []).map(one => [one.by, whole(one.times), span(one.seconds), one.now ? 'yes' : 'no']),
        'Nothing has.'),
      table('Calls made again', heads('Server', '=Cause', 'Times'),
        (status.servers || []).flatMap(one => one.retries.map(retry => [one.name, retry.cause, whole(retry.count)])),
        'None had to be.')];
    tables.replaceChildren(el('div', {class: 'columns'}, ...parts), ...(report ? reportParts(report) : []));
  };

  const text = (title, content) => el('section', {class: 'card'}, el('h2', {}, title),
    el('pre', {tabindex: '0', role: 'region', 'aria-label': title}, content));

  const reportParts = report => [
    table('Failed objects' + (report.failures_left_out ? ' (' + whole(report.failures_left_out) + ' more are left out)' : ''),
      heads('Reason', '=Row', '=Object', 'Size', '=What happened'),
      report.failures.map(one => [one.reason, one.row || '–', one.object || '–',
        one.size === null ? '–' : bytes(one.size), one.message]),
      'No object has failed.'),
    text('Command', report.command),
    text('Configuration', report.configuration),
    text('Versions', Object.entries(report.versions).map(([name, value]) => name + ': ' + value).join('\n'))];

  const show = (status, report) => {
    remember(status);
    showState(status);
    showOverview(status);
    showPlots();
    showTables(status, report);
  };

  /* ---- where the numbers come from ---- */

  const data = document.getElementById('data');
  let failedSince = null;

  const poll = async () => {
    try {
      const answer = await fetch('status.json' + (history.names.length ? '' : '?history'), {cache: 'no-store'});
      if (!answer.ok) throw new Error('HTTP ' + answer.status);
      show(await answer.json(), null);
      failedSince = null;
    } catch (e) {
      failedSince = failedSince || new Date();
      const state = document.getElementById('state');
      state.className = 'bad';
      state.textContent = 'No answer since ' + failedSince.toLocaleTimeString('sv')
        + ': the run has ended, or this page cannot reach it. What follows is the last that was heard.';
    }
    setTimeout(poll, POLL_MILLIS);
  };

  if (data) {
    const report = JSON.parse(data.textContent);
    show(report.status, report);
  } else {
    poll();
  }
  let resized;
  addEventListener('resize', () => { clearTimeout(resized); resized = setTimeout(() => history.names.length && showPlots(), 150); });
})();
