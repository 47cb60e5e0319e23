package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.postgres.Backend;
import ch.tocco.lomigrate.postgres.PgConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Checks whether a transaction pooler lies before the database, such as PgBouncer in transaction mode. There each
 * transaction may get another backend: a session lock guards nothing and stays behind when the run is over, and what a
 * session sets reaches production's sessions. Runs before anything is set or prepared.
 */
final class PoolerCheck {
    /** Rounds for a connection that does not lead straight to its backend: twenty are fooled by chance once in 2^20. */
    private static final int ROUNDS = 20;

    private PoolerCheck() {}

    /** Opens two connections, and leaves nothing behind. */
    static Finding check(PgConnections connections, Duration silence, RunEnd giveUp) throws SQLException {
        try (Connection first = connections.openSimple("preflight", silence, giveUp);
                Connection second = connections.openSimple("preflight", silence, giveUp)) {
            return shareBackends(first, second)
                    ? Finding.fail("the database is reached through a transaction pooler: a session lock guards nothing"
                            + " there, and what a session sets reaches production's sessions. Connect directly, or"
                            + " through a pool in session mode")
                    : Finding.ok("each connection has a backend of its own");
        }
    }

    /**
     * At login the server tells a client the process id of its backend. A pooler has no backend for the client yet and tells
     * another number, so a connection that leads straight to its backend needs only one look. Most poolers give a transaction
     * the backend that became free last, so a single client always gets the same one; only an open transaction on another
     * connection reveals the pooler. Other poolers take backends in turn, or at random.
     */
    private static boolean shareBackends(Connection first, Connection second) throws SQLException {
        Backend before = Backend.of(first);
        int rounds = Backend.toldAtLogin(first) == before.pid() ? 1 : ROUNDS;
        second.setAutoCommit(false);
        for (int round = 0; round < rounds; round++) {
            // In this order: a pool of one backend has none for the first while the second is in a transaction. Two
            // looks at
            // the beginning: a pool that alternates between two backends could otherwise stay in step with the looks.
            if (isElsewhere(first, before, 2) || Backend.of(second).equals(before) || isElsewhere(first, before, 1)) {
                return true;
            }
            second.rollback();
        }
        return false;
    }

    /** Whether one of these transactions runs on another backend than {@code before}. */
    private static boolean isElsewhere(Connection connection, Backend before, int looks) throws SQLException {
        boolean elsewhere = false;
        for (int look = 0; look < looks && !elsewhere; look++) {
            elsewhere = !Backend.of(connection).equals(before);
        }
        return elsewhere;
    }
}
