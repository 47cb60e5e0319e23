package ch.tocco.lomigrate.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each SQLSTATE that is known to matter, and what it means for the object and the run. */
final class SqlFaultsTest {
    @ParameterizedTest
    @CsvSource({
        "08000, PASSING", // connection
        "08001, PASSING",
        "08003, PASSING",
        "08006, PASSING",
        "08P01, PASSING",
        "53000, PASSING", // resources
        "53100, PASSING",
        "53200, PASSING",
        "53300, PASSING",
        "40001, PASSING", // concurrency
        "40P01, PASSING",
        "55P03, PASSING",
        "57014, PASSING", // an operator's doing
        "57P01, PASSING",
        "57P02, PASSING",
        "57P03, PASSING",
        "57P05, PASSING",
        "25006, PASSING", // failed over
        "58030, PASSING",
        "58P01, PASSING",
        "28000, RUN", // login
        "28P01, RUN",
        "3D000, RUN",
        "42P01, RUN", // the table is not what it was
        "42703, RUN",
        "42804, RUN",
        "42501, OBJECT", // one object
        "42704, OBJECT",
        "22003, OBJECT",
        "22023, OBJECT",
        "54000, OBJECT",
        "23505, OBJECT",
        "23514, OBJECT",
        "P0001, OBJECT",
        "XX000, OBJECT",
        "XX001, OBJECT",
    })
    void statesAreClassified(String state, FaultKind kind) {
        assertThat(SqlFaults.kindOf(new SQLException("any", state))).isEqualTo(kind);
    }

    @Test
    void whatTheDriverLeavesToTheCauseIsToldInWords() {
        assertThat(SqlFaults.describe(
                        new SQLException("It failed.", "08001", new SocketTimeoutException("Read timed out"))))
                .isEqualTo("It failed. The server says nothing (SQLSTATE 08001)");
        assertThat(SqlFaults.describe(new SQLException("It failed.", "08001", new UnknownHostException("h.invalid"))))
                .isEqualTo("It failed. There is no host of that name (SQLSTATE 08001)");
    }

    @Test
    void errorWithoutStatePassesOnlyIfTheNetworkIsBehindIt() {
        assertThat(SqlFaults.kindOf(new SQLException("any", new IOException()))).isEqualTo(FaultKind.PASSING);
        assertThat(SqlFaults.kindOf(new SQLException("any"))).isEqualTo(FaultKind.RUN);
    }

    /** As the driver reports a value that does not fit the heap; waiting for the server would not help. */
    @Test
    void ownHeapThatIsTooSmallIsNotTakenForTheServers() {
        var own = new SQLException("Ran out of memory retrieving query results.", "53200", new OutOfMemoryError());
        assertThat(SqlFaults.kindOf(own)).isEqualTo(FaultKind.OBJECT);
    }

    @Test
    void descriptionIsTheFirstLineWithTheState() {
        assertThat(SqlFaults.describe(new SQLException("ERROR: no\n  Detail: secret row", "42501")))
                .isEqualTo("ERROR: no (SQLSTATE 42501)");
        assertThat(SqlFaults.describe(new SQLException("plain"))).isEqualTo("plain");
        assertThat(SqlFaults.describe(new SQLException((String) null))).isEqualTo("null");
    }
}
