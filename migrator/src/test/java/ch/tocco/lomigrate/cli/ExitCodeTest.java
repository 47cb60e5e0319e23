package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.command.Outcome;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The numbers are an interface. */
final class ExitCodeTest {
    @Test
    void everyEndHasItsNumber() {
        Map<Outcome.Kind, Integer> numbers = new EnumMap<>(Outcome.Kind.class);
        for (Outcome.Kind kind : Outcome.Kind.values()) {
            numbers.put(kind, ExitCode.of(kind).number());
        }
        assertThat(numbers)
                .isEqualTo(Map.of(
                        Outcome.Kind.ALL_MIGRATED, 0,
                        Outcome.Kind.OBJECTS_FAILED, 1,
                        Outcome.Kind.REFUSED, 3,
                        Outcome.Kind.ABORTED, 4,
                        Outcome.Kind.OUTAGE, 5,
                        Outcome.Kind.LIMIT, 10,
                        Outcome.Kind.OVERLOAD, 11,
                        Outcome.Kind.STOPPED, 143));
        assertThat(ExitCode.USAGE.number()).isEqualTo(2);
        assertThat(ExitCode.INTERRUPTED.number()).isEqualTo(130);
    }

    @Test
    void signalWinsOverFailedObjectsButNotOverABrokenRun() {
        assertThat(ExitCode.afterSignal(ExitCode.INTERRUPTED, Outcome.Kind.STOPPED))
                .isEqualTo(ExitCode.INTERRUPTED);
        assertThat(ExitCode.afterSignal(ExitCode.TERMINATED, Outcome.Kind.OBJECTS_FAILED))
                .isEqualTo(ExitCode.TERMINATED);
        assertThat(ExitCode.afterSignal(ExitCode.TERMINATED, Outcome.Kind.LIMIT))
                .isEqualTo(ExitCode.TERMINATED);
        assertThat(ExitCode.afterSignal(ExitCode.TERMINATED, Outcome.Kind.OVERLOAD))
                .isEqualTo(ExitCode.OVERLOAD);
        assertThat(ExitCode.afterSignal(ExitCode.INTERRUPTED, Outcome.Kind.ABORTED))
                .isEqualTo(ExitCode.ABORTED);
        assertThat(ExitCode.afterSignal(ExitCode.INTERRUPTED, Outcome.Kind.ALL_MIGRATED))
                .isEqualTo(ExitCode.ALL_MIGRATED);
    }
}
