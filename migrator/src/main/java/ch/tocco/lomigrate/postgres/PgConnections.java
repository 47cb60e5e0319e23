package ch.tocco.lomigrate.postgres;

import ch.tocco.lomigrate.config.PostgresConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.postgresql.PGConnection;

/** Opens connections, all alike: autocommit, so that no transaction outlives its statement. Thread-safe. */
public final class PgConnections {
    private static final Logger LOG = LogManager.getLogger(PgConnections.class);
    private static final String CONNECT_TIMEOUT_SECONDS = "10";

    private final PostgresConfig config;

    public PgConnections(PostgresConfig config) {
        this.config = config;
    }

    /**
     * Opens a connection whose statements may take as long as they like.
     *
     * @param purpose shown as {@code application_name}, so that a DBA sees who holds which connection
     */
    public Connection open(String purpose) throws SQLException {
        return open(purpose, Duration.ZERO);
    }

    /**
     * Opens a connection that breaks when the server says nothing for too long in the middle of a statement.
     *
     * @param silence longest silence, in whole seconds; zero: any
     */
    public Connection open(String purpose, Duration silence) throws SQLException {
        return open(purpose, silence, new Properties());
    }

    /** The same with a connection that leaves no prepared statement behind, which a pooler would hand to others. */
    public Connection openSimple(String purpose, Duration silence) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("preferQueryMode", "simple");
        return open(purpose, silence, properties);
    }

    private Connection open(String purpose, Duration silence, Properties properties) throws SQLException {
        properties.setProperty("connectTimeout", CONNECT_TIMEOUT_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("socketFactory", KeepAliveSockets.class.getName());
        properties.setProperty("socketTimeout", Long.toString(silence.toSeconds()));
        // bytea comes as binary from the first execution on; by default the first five are text, 2-3 times slower
        properties.setProperty("prepareThreshold", "-1");
        properties.setProperty("ApplicationName", "lo-migrate " + purpose);
        config.properties().forEach(properties::setProperty);
        return DriverManager.getConnection(config.jdbcUrl(), properties);
    }

    /** Has the server cancel what {@code connection} is waiting for, if it is; any thread may ask for that. */
    public static void cancel(Connection connection) {
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            LOG.debug("cancelling: {}", SqlFaults.describe(e));
        }
    }

    @Override
    public String toString() {
        return config.display();
    }
}
