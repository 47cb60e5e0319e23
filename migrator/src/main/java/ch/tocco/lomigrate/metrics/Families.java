package ch.tocco.lomigrate.metrics;

import ch.tocco.lomigrate.books.Histogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the values of one reading into families of metrics, whose names all begin with {@value #PREFIX}. For one thread. */
final class Families {
    private static final String PREFIX = "lo_migrate_";

    private final Map<String, Family> families = new LinkedHashMap<>();

    /** What kind of metric a family is of. */
    private enum Type {
        COUNTER,
        GAUGE,
        INFO,
        HISTOGRAM
    }

    private record Family(Type type, String name, String help, List<Point> points) {}

    /** A value, or the reading of a histogram, and the labels that tell it from others of its family. */
    static final class Point {
        private final double value;
        private final Histogram.Reading reading;
        private final double unit;
        private final List<String> names = new ArrayList<>();
        private final List<String> values = new ArrayList<>();

        private Point(double value, Histogram.Reading reading, double unit) {
            this.value = value;
            this.reading = reading;
            this.unit = unit;
        }

        Point label(String name, String text) {
            names.add(name);
            values.add(text);
            return this;
        }

        private Labels labels() {
            return Labels.of(names, values);
        }

        private ClassicHistogramBuckets buckets() {
            List<Double> bounds = new ArrayList<>(
                    reading.bounds().stream().map(bound -> bound / unit).toList());
            bounds.add(Double.POSITIVE_INFINITY);
            return ClassicHistogramBuckets.of(bounds, reading.counts());
        }
    }

    void info(String name, String help, String... labels) {
        Point point = add(Type.INFO, name, help, new Point(1, null, 1));
        for (int i = 0; i < labels.length; i += 2) {
            point.label(labels[i], labels[i + 1]);
        }
    }

    /** {@code name} is without the {@code _total} that the format adds. */
    Point counter(String name, String help, Number value) {
        return add(Type.COUNTER, name, help, new Point(value.doubleValue(), null, 1));
    }

    Point gauge(String name, String help, Number value) {
        return add(Type.GAUGE, name, help, new Point(value.doubleValue(), null, 1));
    }

    /** @param unit how many of the reading's units make one of the metric's */
    Point histogram(String name, String help, Histogram.Reading reading, double unit) {
        return add(Type.HISTOGRAM, name, help, new Point(0, reading, unit));
    }

    private Point add(Type type, String name, String help, Point point) {
        families.computeIfAbsent(name, n -> new Family(type, PREFIX + n, help, new ArrayList<>()))
                .points()
                .add(point);
        return point;
    }

    MetricSnapshots snapshots() {
        MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
        for (Family family : families.values()) {
            snapshots.metricSnapshot(
                    switch (family.type()) {
                        case COUNTER -> counter(family);
                        case GAUGE -> gauge(family);
                        case INFO -> info(family);
                        case HISTOGRAM -> histogram(family);
                    });
        }
        return snapshots.build();
    }

    private static CounterSnapshot counter(Family family) {
        CounterSnapshot.Builder snapshot =
                CounterSnapshot.builder().name(family.name()).help(family.help());
        family.points()
                .forEach(point -> snapshot.dataPoint(CounterDataPointSnapshot.builder()
                        .value(point.value)
                        .labels(point.labels())
                        .build()));
        return snapshot.build();
    }

    private static GaugeSnapshot gauge(Family family) {
        GaugeSnapshot.Builder snapshot =
                GaugeSnapshot.builder().name(family.name()).help(family.help());
        family.points()
                .forEach(point -> snapshot.dataPoint(GaugeDataPointSnapshot.builder()
                        .value(point.value)
                        .labels(point.labels())
                        .build()));
        return snapshot.build();
    }

    private static InfoSnapshot info(Family family) {
        InfoSnapshot.Builder snapshot =
                InfoSnapshot.builder().name(family.name()).help(family.help());
        family.points()
                .forEach(point -> snapshot.dataPoint(
                        InfoDataPointSnapshot.builder().labels(point.labels()).build()));
        return snapshot.build();
    }

    private static HistogramSnapshot histogram(Family family) {
        HistogramSnapshot.Builder snapshot =
                HistogramSnapshot.builder().name(family.name()).help(family.help());
        family.points()
                .forEach(point -> snapshot.dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(point.buckets())
                        .sum(point.reading.sum() / point.unit)
                        .labels(point.labels())
                        .build()));
        return snapshot.build();
    }
}
