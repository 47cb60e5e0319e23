package ch.tocco.lomigrate.postgres;

import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.postgresql.PGConnection;

/** Opens connections, all alike: autocommit, so that no transaction outlives its statement. Thread-safe. */
public final class PgConnections {
    private static final Logger LOG = LogManager.getLogger(PgConnections.class);
    private static final String CONNECT_TIMEOUT_SECONDS = "10";

    /** How long a server may say nothing while it is logged in to: one that accepts and is silent is away. */
    private static final Duration LOGIN_SILENCE = Duration.ofSeconds(20);

    /** What the driver needs for its first statement. */
    static final List<String> DRIVER = List.of(
            "org.postgresql.Driver",
            "org.postgresql.core.v3.ConnectionFactoryImpl",
            "org.postgresql.core.v3.QueryExecutorImpl",
            "org.postgresql.core.v3.SimpleParameterList",
            "org.postgresql.jdbc.PgConnection",
            "org.postgresql.jdbc.PgStatement",
            "org.postgresql.jdbc.PgPreparedStatement",
            "org.postgresql.jdbc.PgResultSet",
            "org.postgresql.jdbc.ArrayEncoding",
            "org.postgresql.jdbc.TypeInfoCache",
            "org.postgresql.jdbc.TimestampUtils");

    private final PostgresConfig config;

    public PgConnections(PostgresConfig config) {
        this.config = config;
    }

    /** Loads the driver, which takes a tenth of a second of the first connection. */
    public static void preload() {
        for (String name : DRIVER) {
            try {
                Class.forName(name);
            } catch (ClassNotFoundException e) {
                LOG.debug("not loaded beforehand: {}", name); // who needs it will say so
            }
        }
    }

    /** Opens a connection that nothing breaks off, for a statement of any length. */
    public Connection open(String purpose) throws SQLException {
        return open(purpose, Duration.ZERO, RunEnd.NEVER);
    }

    /**
     * Opens a connection.
     *
     * @param purpose shown as {@code application_name}, so that a DBA sees who holds which connection
     * @param silence longest silence of the server in the middle of a statement, in whole seconds, after which the
     *     connection breaks; zero: any
     * @param giveUp from when on a login under way is broken off
     */
    public Connection open(String purpose, Duration silence, RunEnd giveUp) throws SQLException {
        return login(purpose, silence, giveUp, new Properties(), SessionSettings.SQL);
    }

    /**
     * The same with a connection that sets nothing and leaves no prepared statement behind: a transaction pooler would
     * hand both on to others.
     */
    public Connection openSimple(String purpose, Duration silence, RunEnd giveUp) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("preferQueryMode", "simple");
        return login(purpose, silence, giveUp, properties, "");
    }

    /** @param settings statements that belong to the login, so that they are bounded like it; may be empty */
    @SuppressWarnings("try") // the login is only watched
    private Connection login(String purpose, Duration silence, RunEnd giveUp, Properties properties, String settings)
            throws SQLException {
        properties.setProperty("connectTimeout", CONNECT_TIMEOUT_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("socketFactory", KeepAliveSockets.class.getName());
        properties.setProperty("socketTimeout", Long.toString(LOGIN_SILENCE.toSeconds()));
        // bytea comes as binary from the first execution on; by default the first five are text, 2-3 times slower
        properties.setProperty("prepareThreshold", "-1");
        properties.setProperty("ApplicationName", "lo-migrate " + purpose);
        config.properties().forEach(properties::setProperty);
        try (Login ignored = Login.begin(giveUp)) {
            Connection opened = DriverManager.getConnection(config.jdbcUrl(), properties);
            try (var statement = opened.createStatement()) {
                if (!settings.isEmpty()) {
                    statement.execute(settings);
                }
                opened.setNetworkTimeout(Runnable::run, Math.toIntExact(silence.toMillis()));
                return opened;
            } catch (SQLException e) {
                opened.close();
                throw e;
            }
        }
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
