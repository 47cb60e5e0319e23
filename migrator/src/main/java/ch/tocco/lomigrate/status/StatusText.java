package ch.tocco.lomigrate.status;

import static java.util.stream.Collectors.joining;

import ch.tocco.lomigrate.status.Status.Alive;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The status for people. */
final class StatusText {
    private static final String NOT_RECORDED = "not recorded";

    private StatusText() {}

    static String of(List<Status> statuses) {
        return statuses.stream().map(StatusText::of).collect(joining(System.lineSeparator()));
    }

    private static String of(Status status) {
        StringBuilder out = new StringBuilder();
        line(out, status.table() + " of database " + status.database() + "; state: " + status.state());
        line(out, "  rows      %12d".formatted(status.rows()));
        line(out, "  stored    %12d  %s".formatted(status.stored(), share(status)));
        line(out, "  pending   %12d".formatted(status.pending()));
        line(
                out,
                "  failed    %12s"
                        .formatted(status.failed().map(StatusText::failed).orElse(NOT_RECORDED)));
        line(
                out,
                "  rate      %12s"
                        .formatted(
                                status.alive().isEmpty()
                                        ? "0/s"
                                        : status.rate().isPresent()
                                                ? perSecond(status.rate().getAsDouble())
                                                : NOT_RECORDED));
        line(
                out,
                "  ETA       %12s"
                        .formatted(
                                status.etaSeconds().isPresent()
                                        ? time(status.etaSeconds().getAsLong())
                                        : "unknown"));
        line(out, "  at work   " + atWork(status));
        status.alive().forEach(run -> line(out, "    " + alive(run, status)));
        if (status.shards().isPresent()) {
            line(out, "  pending rows by shard: " + byShard(status));
        }
        return out.toString();
    }

    private static void line(StringBuilder out, String text) {
        out.append(text.stripTrailing()).append(System.lineSeparator());
    }

    private static String share(Status status) {
        return status.rows() == 0 ? "" : String.format(Locale.ROOT, "%.1f %%", 100.0 * status.stored() / status.rows());
    }

    private static String failed(Map<String, Long> counts) {
        long all = counts.values().stream().mapToLong(Long::longValue).sum();
        return counts.isEmpty()
                ? "0"
                : all + "  "
                        + counts.entrySet().stream()
                                .map(reason -> reason.getKey() + " " + reason.getValue())
                                .collect(joining(", "));
    }

    private static String atWork(Status status) {
        if (status.alive().isEmpty()) {
            return "nothing";
        }
        return status.shards().isPresent()
                ? status.alive().size() + " of " + status.shards().getAsInt() + " shards"
                : "a run over all rows";
    }

    private static String alive(Alive run, Status status) {
        String what = run.shard()
                .map(shard ->
                        "shard " + shard + ", " + status.pendingByShard().getOrDefault(shard.number(), 0L) + " pending")
                .orElse("all rows");
        return what
                + run.host()
                        .map(host -> ", process " + run.pid() + " on " + host)
                        .orElse("")
                + run.progress()
                        .map(own -> ", " + perSecond(own.rate()) + ", " + own.committed() + " done, " + own.failed()
                                + " failed, heartbeat " + own.heartbeatSeconds() + " s ago")
                        .orElse("")
                + (run.locked() ? "" : ", without its lock");
    }

    private static String byShard(Status status) {
        List<String> left = status.pendingByShard().entrySet().stream()
                .filter(shard -> shard.getValue() > 0)
                .sorted(Map.Entry.comparingByKey())
                .map(shard -> shard.getKey() + ": " + shard.getValue())
                .toList();
        return left.isEmpty() ? "none" : String.join(", ", left);
    }

    private static String perSecond(double rate) {
        return String.format(Locale.ROOT, rate < 10 ? "%.1f/s" : "%.0f/s", rate);
    }

    private static String time(long seconds) {
        Duration left = Duration.ofSeconds(seconds);
        return "%d:%02d:%02d".formatted(left.toHours(), left.toMinutesPart(), left.toSecondsPart());
    }
}
