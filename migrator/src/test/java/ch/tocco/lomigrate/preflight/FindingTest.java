package ch.tocco.lomigrate.preflight;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lifecycle.RefusedException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FindingTest {
    @Test
    void goodFindingsAndWarningsRefuseNothing() {
        assertThatCode(() -> Finding.report(List.of(Finding.ok("fine"), Finding.warn("odd"))))
                .doesNotThrowAnyException();
    }

    @Test
    void oneFailureIsTheRefusalItself() {
        assertThatThrownBy(() -> Finding.report(List.of(Finding.warn("odd"), Finding.fail("no table"))))
                .isInstanceOf(RefusedException.class)
                .hasMessage("no table");
    }

    @Test
    void oneRefusalNamesAllFailures() {
        assertThatThrownBy(() -> Finding.report(List.of(Finding.fail("no table"), Finding.fail("no right"))))
                .isInstanceOf(RefusedException.class)
                .hasMessage("2 checks failed: (1) no table; (2) no right");
    }
}
