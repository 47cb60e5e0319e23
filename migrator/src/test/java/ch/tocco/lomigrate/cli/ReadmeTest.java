package ch.tocco.lomigrate.cli;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.postgres.SqlFaults;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** README is short and leads everywhere; the tables of failures and exit codes say what the code says. */
final class ReadmeTest {
    private static final int MOST_LINES = 200;
    private static final Page README = Page.of("README.md");
    private static final Page FAILURES = Page.of("docs/failures.md");

    @Test
    void everyExitCodeIsDocumented() {
        Map<String, String> documented =
                FAILURES.rows("Exit codes").stream().skip(1).collect(toMap(row -> row.get(0), row -> row.get(1)));

        assertThat(documented)
                .containsOnlyKeys(Arrays.stream(ExitCode.values())
                        .map(code -> Integer.toString(code.number()))
                        .toList());
        assertThat(documented.get("0")).isEqualTo(ExitCode.ALL_MIGRATED.meaning());
    }

    @Test
    void everyFailureReasonIsDocumented() {
        assertThat(FAILURES.rows("Failed objects").stream().skip(1).map(row -> row.get(0)))
                .containsExactlyElementsOf(Arrays.stream(FailureReason.values())
                        .map(reason -> "`" + reason + "`")
                        .toList());
    }

    @Test
    void databaseErrorsAreOfTheKindThatTheTableSays() {
        List<List<String>> rows = FAILURES.rows("How errors are classified");

        assertKinds(rows.get(1).get(1), FaultKind.PASSING);
        // what is said about 42501 depends on the statement, so it is said after a semicolon of its own
        assertKinds(rows.get(2).get(1).replaceFirst("; `42501`.*", ""), FaultKind.RUN);
        assertThat(SqlFaults.kindOf(new SQLException("", "42501"))).isEqualTo(FaultKind.OBJECT);
    }

    private static void assertKinds(String cell, FaultKind kind) {
        List<String> states = Page.matches("(?<=`)[0-9A-Z]{2}(?:[0-9A-Z]{3})?(?=`)", cell);
        assertThat(states).hasSizeGreaterThan(3);
        for (String state : states) {
            assertThat(SqlFaults.kindOf(new SQLException("", (state + "000").substring(0, 5))))
                    .as(state)
                    .isEqualTo(kind);
        }
    }

    @Test
    void newcomersFindTheTwoCommands() {
        assertThat(README.code()).contains("scripts/demo", "scripts/test");
    }

    @Test
    void leadsToEveryPage() throws IOException {
        List<String> links = README.matches("(?<=\\]\\()[^)#]+(?=[)#])");

        assertThat(Page.all())
                .extracting(Page::name)
                .filteredOn(name -> !name.startsWith(".github") && !name.equals("README.md"))
                .hasSizeGreaterThan(10)
                .isSubsetOf(links);
    }

    @Test
    void staysReadable() {
        assertThat(README.text().lines()).hasSizeLessThanOrEqualTo(MOST_LINES);
    }
}
