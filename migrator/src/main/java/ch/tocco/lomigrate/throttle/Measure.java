package ch.tocco.lomigrate.throttle;

import java.sql.Connection;
import java.sql.SQLException;

/** One question to the database, and what its answer means. For one thread. */
@FunctionalInterface
interface Measure {
    /** Asks. A statement that takes too long is ended by the server. */
    Reading take(Connection connection) throws SQLException;
}
