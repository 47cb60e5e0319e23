package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.postgres.Backend;
import ch.tocco.lomigrate.postgres.PgConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Whether the database is reached through a transaction pooler, such as PgBouncer in transaction mode. There each
 * transaction may get another backend: a session lock guards nothing, and stays behind when the run is over. To be asked
 * before anything is prepared, which would stay behind too, in the way of applications that use the pooler.
 */
final class PoolerCheck {
    private PoolerCheck() {}

    /** Refuses a transaction pooler. Opens two connections, and leaves nothing behind. */
    static void check(PgConnections connections, Duration silence) throws SQLException, RefusedException {
        try (Connection first = connections.openSimple("preflight", silence);
                Connection second = connections.openSimple("preflight", silence)) {
            if (shareBackends(first, second)) {
                throw new RefusedException("the database is reached through a transaction pooler, where a session lock"
                        + " guards nothing: connect directly, or take care yourself that no other run works on this"
                        + " table and use --no-lock");
            }
        }
    }

    /**
     * Most poolers give a transaction the backend that was free last, so that one client alone always meets the same:
     * only with a transaction open on another connection it shows. Others give each in turn, which shows at once. Leaves
     * the transaction open, to be closed with the connection: a pooler then closes the backend too.
     */
    static boolean shareBackends(Connection first, Connection second) throws SQLException {
        Backend before = Backend.of(first);
        if (!Backend.of(first).equals(before)) {
            return true;
        }
        second.setAutoCommit(false);
        return Backend.of(second).equals(before) || !Backend.of(first).equals(before);
    }
}
