package ch.tocco.lomigrate.benchmarks.report;

import ch.tocco.lomigrate.benchmarks.results.Entry;
import ch.tocco.lomigrate.benchmarks.results.Outcome;
import ch.tocco.lomigrate.benchmarks.results.Results;
import ch.tocco.lomigrate.benchmarks.results.Soak;
import ch.tocco.lomigrate.benchmarks.results.Sweep;
import ch.tocco.lomigrate.benchmarks.results.Timeline;
import ch.tocco.lomigrate.benchmarks.results.ToolRuns;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the plots of what was measured, each into a file of its own; what was not measured is not drawn. */
final class Plots {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 440;

    /** Samples that one point of the throughput is taken over: fewer would show the pace of the sampling. */
    private static final int WINDOW = 3;

    private static final Color GRID = new Color(0xe4e4e4);

    private static final String OBJECTS_PER_SECOND = "objects per second";

    private final Results results;
    private final Path directory;

    private Plots(Results results, Path directory) {
        this.results = results;
        this.directory = directory;
    }

    static void draw(Results results, Path directory) throws IOException {
        // What draws into a file needs no display, and there may be one that refuses.
        System.setProperty("java.awt.headless", "true");
        Files.createDirectories(directory);
        Plots plots = new Plots(results, directory);
        plots.sizes();
        plots.flags(
                "Throughput by threads",
                "threads",
                "threads.svg",
                "--storer-threads",
                "--receiver-threads",
                "--storer-threads (distant)",
                "--receiver-threads (distant)");
        plots.flags("Throughput by size of the rings", "entries", "rings.svg", "--storer-queue", "--receiver-queue");
        plots.memory();
        plots.throughput();
        plots.soak();
    }

    private void sizes() throws IOException {
        Entry<Sweep> sizes = results.sweeps().get(Results.OBJECT_SIZE);
        if (sizes == null) {
            return;
        }
        XYChart chart = chart("Throughput by object size", "KiB per object", OBJECTS_PER_SECOND);
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setYAxisGroupPosition(1, Styler.YAxisPosition.Right);
        chart.setYAxisGroupTitle(1, "MiB per second");
        List<Sweep.Point> points = sizes.figures().points();
        line(chart, "objects per second (left)", points, Sweep.Point::value, Sweep.Point::rate);
        line(chart, "MiB per second (right)", points, Sweep.Point::value, Sweep.Point::mib)
                .setYAxisGroup(1);
        write(chart, "sizes.svg");
    }

    private void flags(String title, String values, String file, String... flags) throws IOException {
        XYChart chart = chart(title + ", objects of 8 KiB", values, OBJECTS_PER_SECOND);
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisMin(0.0);
        for (String flag : flags) {
            Optional.ofNullable(results.sweeps().get(flag))
                    .ifPresent(sweep ->
                            line(chart, flag, sweep.figures().points(), Sweep.Point::value, Sweep.Point::rate));
        }
        write(chart, file);
    }

    private static <T> XYSeries line(
            XYChart chart, String name, List<T> points, ToDoubleFunction<T> x, ToDoubleFunction<T> y) {
        return chart.addSeries(
                name,
                points.stream().mapToDouble(x).toArray(),
                points.stream().mapToDouble(y).toArray());
    }

    /** In shares of the time: workloads take from seconds to minutes. */
    private void memory() throws IOException {
        XYChart chart = chart("Resident set of the tool", "% of the run's time", "MiB");
        chart.getStyler().setYAxisMin(0.0);
        for (Map.Entry<String, Entry<ToolRuns>> workload :
                ToolEntries.of(results).entrySet()) {
            Timeline run = lastRun(workload.getValue());
            // A process that ends has none any more.
            List<Timeline.Sample> alive =
                    run.samples().stream().filter(sample -> sample.rssKib() > 0).toList();
            if (!alive.isEmpty()) {
                double all = alive.get(alive.size() - 1).seconds();
                String name = "%s (%.0f s)".formatted(workload.getKey(), all);
                line(chart, name, alive, sample -> 100 * sample.seconds() / all, sample -> sample.rssKib() / 1024.0)
                        .setMarker(SeriesMarkers.NONE);
            }
        }
        write(chart, "memory.svg");
    }

    /** Of small objects, in shares of the time. Giants come in steps that are no rate. */
    private void throughput() throws IOException {
        XYChart chart = chart("Small objects stored per second", "% of the run's time", OBJECTS_PER_SECOND);
        chart.getStyler().setYAxisMin(0.0);
        for (Map.Entry<String, Entry<ToolRuns>> workload :
                ToolEntries.of(results).entrySet()) {
            Entry<Outcome> compared = results.compared().get(workload.getKey());
            List<Timeline.Sample> samples = lastRun(workload.getValue()).samples();
            if (samples.size() > WINDOW
                    && (compared == null || !compared.figures().onlyGiants())) {
                rate(chart, workload.getKey(), samples);
            }
        }
        write(chart, "throughput.svg");
    }

    private static void rate(XYChart chart, String name, List<Timeline.Sample> samples) {
        double all = samples.get(samples.size() - 1).seconds();
        int points = samples.size() - WINDOW;
        double[] shares = new double[points];
        double[] rates = new double[points];
        for (int i = 0; i < points; i++) {
            Timeline.Sample from = samples.get(i);
            Timeline.Sample to = samples.get(i + WINDOW);
            shares[i] = 100 * (from.seconds() + to.seconds()) / 2 / all;
            rates[i] = (to.small() - from.small()) / (to.seconds() - from.seconds());
        }
        chart.addSeries("%s (%.0f s)".formatted(name, all), shares, rates).setMarker(SeriesMarkers.NONE);
    }

    /** The last round of all: the one whose machine is warm. */
    private static Timeline lastRun(Entry<ToolRuns> entry) {
        var runs = entry.figures().runs();
        return runs.get(runs.size() - 1).timeline();
    }

    private void soak() throws IOException {
        XYChart chart = chart("Resident set of the soak, heap of 256 MiB", "minutes", "MiB");
        chart.getStyler().setYAxisMin(0.0);
        results.soak()
                .forEach((name, entry) -> line(
                                chart,
                                entry.figures().description(),
                                entry.figures().samples(),
                                sample -> sample.seconds() / 60.0,
                                Soak.Sample::rssMib)
                        .setMarker(SeriesMarkers.NONE));
        write(chart, "soak.svg");
    }

    private static XYChart chart(String title, String x, String y) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        // dashes become an outline each, hundreds of kilobytes of them
        chart.getStyler().setPlotGridLinesStroke(new BasicStroke(1));
        chart.getStyler().setPlotGridLinesColor(GRID);
        chart.getStyler().setYAxisDecimalPattern("#,##0");
        chart.getStyler().setXAxisDecimalPattern("#,##0");
        return chart;
    }

    private void write(XYChart chart, String file) throws IOException {
        if (!chart.getSeriesMap().isEmpty()) {
            SvgFile.write(chart, directory.resolve(file));
        }
    }
}
