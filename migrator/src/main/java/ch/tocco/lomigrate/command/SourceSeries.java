package ch.tocco.lomigrate.command;

import ch.tocco.lomigrate.command.Outcome.Kind;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The runs of several sources, one after the other, with one summary and the worst end of them. An end that is not about
 * the source, a stop, a limit, an overload or an outage, leaves the rest for the next time. Used once; any thread may
 * call {@link #stop}.
 */
public final class SourceSeries implements Task {
    /** From the best to the worst. */
    private static final List<Kind> ORDER = List.of(
            Kind.ALL_MIGRATED,
            Kind.OBJECTS_FAILED,
            Kind.LIMIT,
            Kind.OVERLOAD,
            Kind.OUTAGE,
            Kind.REFUSED,
            Kind.ABORTED,
            Kind.STOPPED);

    private static final Set<Kind> ENDING = Set.of(Kind.LIMIT, Kind.OVERLOAD, Kind.OUTAGE, Kind.STOPPED);

    private final List<Source> sources;
    private final PrintStream out;

    /** Guarded by this object, as is what follows. */
    private Task current;

    private boolean stopped;

    /**
     * One of them.
     *
     * @param name for people
     * @param configuration of its run, as text
     * @param task makes the run, when its turn comes
     */
    public record Source(String name, String configuration, Supplier<Task> task) {}

    /** @param out gets a heading for each run */
    public SourceSeries(List<Source> sources, PrintStream out) {
        this.sources = List.copyOf(sources);
        this.out = out;
    }

    @Override
    public Outcome run() throws InterruptedException {
        List<String> summary = new ArrayList<>();
        Outcome worst = new Outcome(Kind.ALL_MIGRATED, "");
        boolean ended = false;
        for (int i = 0; i < sources.size(); i++) {
            Source source = sources.get(i);
            if (ended) {
                summary.add(source.name() + ": not begun");
                continue;
            }
            out.println("source " + (i + 1) + " of " + sources.size() + ": " + source.name());
            out.println(source.configuration());
            out.flush();
            Outcome outcome = begin(source).run();
            summary.add(source.name() + ": " + outcome.message());
            worst = ORDER.indexOf(outcome.kind()) > ORDER.indexOf(worst.kind()) ? outcome : worst;
            ended = ENDING.contains(outcome.kind());
        }
        return new Outcome(worst.kind(), String.join(System.lineSeparator(), summary), worst.cause());
    }

    private synchronized Task begin(Source source) {
        current = source.task().get();
        if (stopped) {
            current.stop();
        }
        return current;
    }

    @Override
    public synchronized void stop() {
        stopped = true;
        if (current != null) {
            current.stop();
        }
    }
}
