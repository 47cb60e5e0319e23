package ch.tocco.lomigrate.command;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.command.Outcome.Kind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which runs of a series are begun, and how it ends. */
final class SourceSeriesTest {
    private final List<String> begun = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private SourceSeries series;

    private Outcome run(Kind... kinds) throws InterruptedException {
        var names = new char[] {'a', 'b', 'c'};
        List<SourceSeries.Source> sources = new ArrayList<>();
        for (int i = 0; i < kinds.length; i++) {
            String name = "@" + names[i];
            Kind kind = kinds[i];
            sources.add(new SourceSeries.Source(name, "config of " + name, () -> task(name, kind)));
        }
        series = new SourceSeries(sources, new PrintStream(out, true, StandardCharsets.UTF_8));
        return series.run();
    }

    private Task task(String name, Kind kind) {
        return new Task() {
            private boolean stopped;

            @Override
            public Outcome run() {
                begun.add(name);
                if (kind == Kind.STOPPED) {
                    series.stop();
                    assertThat(stopped).isTrue();
                }
                return new Outcome(kind, "ended " + kind, Optional.empty());
            }

            @Override
            public void stop() {
                stopped = true;
            }
        };
    }

    @Test
    void allAreBegunAndTheWorstEndIsThatOfTheSeries() throws Exception {
        Outcome outcome = run(Kind.OBJECTS_FAILED, Kind.REFUSED, Kind.ALL_MIGRATED);
        assertThat(begun).containsExactly("@a", "@b", "@c");
        assertThat(outcome.kind()).isEqualTo(Kind.REFUSED);
        assertThat(outcome.message().lines())
                .containsExactly("@a: ended OBJECTS_FAILED", "@b: ended REFUSED", "@c: ended ALL_MIGRATED");
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "source 1 of 3: @a",
                        "config of @a",
                        "source 2 of 3: @b",
                        "config of @b",
                        "source 3 of 3: @c",
                        "config of @c");
    }

    @Test
    void endsThatAreNotAboutTheSourceLeaveTheRest() throws Exception {
        for (Kind kind : Arrays.asList(Kind.LIMIT, Kind.OVERLOAD, Kind.OUTAGE, Kind.STOPPED)) {
            begun.clear();
            Outcome outcome = run(Kind.ALL_MIGRATED, kind, Kind.ALL_MIGRATED);
            assertThat(begun).containsExactly("@a", "@b");
            assertThat(outcome.kind()).isEqualTo(kind);
            assertThat(outcome.message()).endsWith("@c: not begun");
        }
    }
}
