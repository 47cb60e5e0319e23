package ch.tocco.lomigrate.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a real server adds to its message is repeated, as far as it is short and harmless. */
@ExtendWith(Backends.class)
final class SqlFaultsIT {
    private static String described(SourceDatabase database, String raise) {
        return SqlFaults.describe(
                catchThrowableOfType(SQLException.class, () -> database.execute("DO $$ BEGIN " + raise + "; END $$")));
    }

    @Test
    void detailAndHintFollowTheMessage(SourceDatabase database) {
        assertThat(described(database, "RAISE 'no' USING DETAIL = 'why', HINT = 'cure'"))
                .isEqualTo("ERROR: no (SQLSTATE P0001); DETAIL: why; HINT: cure");
        assertThat(described(database, "RAISE 'no' USING HINT = 'cure'"))
                .isEqualTo("ERROR: no (SQLSTATE P0001); HINT: cure");
        assertThat(described(database, "RAISE 'no'")).isEqualTo("ERROR: no (SQLSTATE P0001)");
    }

    @Test
    void detailAndHintAreOneLineEachBoundedAndWithoutControlCharacters(SourceDatabase database) {
        String description = described(
                database,
                "RAISE 'no' USING DETAIL = E'one\\r\\n  two\\tthree\\x1b[2J\\x07' || repeat('d', 100000),"
                        + " HINT = E'four\\nlo-migrate: five' || repeat('h', 100000)");
        assertThat(description)
                .startsWith("ERROR: no (SQLSTATE P0001); DETAIL: one two three?[2J?ddd")
                .contains("ddd…; HINT: four lo-migrate: fivehhh")
                .endsWith("hhh…")
                .hasSizeLessThan(1200)
                .matches(text -> text.chars().noneMatch(Character::isISOControl), "no control characters");
    }
}
