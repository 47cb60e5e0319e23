package ch.tocco.lomigrate.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.watch.RunInFlight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/** Dashboard, alert rules and the page on watching ask for metrics and labels that there are. */
final class GrafanaTest {
    private static final Path DASHBOARD = Path.of("../scripts/grafana/lo-migrate.json");
    private static final Path ALERTS = Path.of("../scripts/grafana/alerts.yml");
    private static final Path DOCUMENT = Path.of("../docs/watching.md");
    private static final Pattern NAME = Pattern.compile("\\b(?:lo_migrate|process|jvm)_[a-z_]+\\b");
    private static final Pattern MATCHER = Pattern.compile("\\b([a-z]+)(?:=|=~)\"([^\"$]+)\"");

    private static String exposed() throws IOException {
        RunInFlight run = new RunInFlight().migrates();
        run.counters.counted(new Counters.Totals(10, 4));
        run.control.gate().close("pause file", "x");
        return new String(new Metrics(run.watched).read(null).body(), UTF_8);
    }

    private static Set<String> exposedNames() throws IOException {
        return exposed()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceFirst("[{ ].*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> queries() throws IOException {
        return JsonNode.parser().parse(Files.readString(DASHBOARD)).asObject().get("panels").asArray().stream()
                .flatMap(panel -> panel.asObject().get("targets").asArray().stream())
                .map(target -> target.asObject().get("expr").text())
                .toList();
    }

    private static Set<String> names(String text) {
        return NAME.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void dashboardAsksForMetricsThatThereAre() throws IOException {
        List<String> queries = queries();
        assertThat(queries).hasSizeGreaterThan(15);
        assertThat(queries)
                .allSatisfy(
                        query -> assertThat(names(query)).as(query).isNotEmpty().isSubsetOf(exposedNames()));
    }

    @Test
    void dashboardAsksForLabelsThatThereAre() throws IOException {
        String exposed = exposed();
        for (String query : queries()) {
            Matcher matcher = MATCHER.matcher(query);
            while (matcher.find()) {
                for (String value : matcher.group(2).split("\\|", -1)) {
                    assertThat(exposed).as(query).contains(matcher.group(1) + "=\"" + value + "\"");
                }
            }
        }
    }

    @Test
    void alertRulesAskForMetricsThatThereAre() throws IOException {
        String rules = Files.readString(ALERTS);
        assertThat(names(rules)).hasSizeGreaterThan(4).isSubsetOf(exposedNames());
        assertThat(rules.lines().filter(line -> line.strip().startsWith("- alert: ")))
                .hasSize(3);
    }

    @Test
    void everyMetricOfTheRunIsExplained() throws IOException {
        Set<String> explained = names(Files.readString(DOCUMENT));
        Set<String> families = exposed()
                .lines()
                .filter(line -> line.startsWith("# TYPE lo_migrate_"))
                .map(line -> line.split(" ", -1)[2])
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(explained).containsAll(families);
        explained.removeIf(name -> !name.startsWith("lo_migrate_"));
        assertThat(families).containsAll(explained);
    }
}
