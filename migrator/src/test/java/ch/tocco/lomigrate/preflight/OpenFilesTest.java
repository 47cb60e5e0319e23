package ch.tocco.lomigrate.preflight;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.config.TuningConfig;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a configuration takes, against /proc/self/limits. */
final class OpenFilesTest {
    private static TuningConfig tuning(int receivers, int puts, int committers) {
        return new TuningConfig(
                8, 8, 8, receivers, puts, committers, 100, 1, 1, Path.of("unused"), OptionalLong.empty());
    }

    private static String limits(String soft) {
        return """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             1                    1                    processes
                Max open files            %-20s 1048576              files
                Max locked memory         8388608              8388608              bytes
                """.formatted(soft);
    }

    @Test
    void tooFewFilesAreRefusedWithTheLimitThatHelps() {
        assertThatThrownBy(() -> OpenFiles.check(tuning(2, 128, 2), limits("229")))
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        "this process may have 229 files and connections open, and 230 may be needed: raise the limit"
                                + " with ulimit -n 1024, or lower --storer-threads");
    }

    @Test
    void theLimitThatTheMessageNamesIsEnough() {
        assertThatThrownBy(() -> OpenFiles.check(tuning(2, 1000, 2), limits("1024")))
                .hasMessageContaining("1102 may be needed: raise the limit with ulimit -n 2048");
    }

    @ParameterizedTest
    @ValueSource(strings = {"230", "1024", "unlimited"})
    void enoughFilesAreAccepted(String soft) {
        assertThatCode(() -> OpenFiles.check(tuning(2, 128, 2), limits(soft))).doesNotThrowAnyException();
    }

    @Test
    void fewerFilesAreEnoughForFewerThreads() {
        assertThatCode(() -> OpenFiles.check(tuning(1, 4, 1), limits("128"))).doesNotThrowAnyException();
    }

    @Test
    void unknownLimitIsNoLimit() {
        assertThatCode(() -> OpenFiles.check(tuning(2, 128, 2), "")).doesNotThrowAnyException();
    }
}
