package ch.tocco.lomigrate.references;

import ch.tocco.lomigrate.config.DiscoverConfig;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.postgres.PgConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One connection on which nothing can be changed, where each statement is a transaction of its own and is bounded in
 * time and in its wait for locks. For one thread, but for its abort when the run ends.
 */
public final class ReadOnlySession implements AutoCloseable {
    /** How much longer than a statement may take the server may be silent. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final int ROWS_AT_ONCE = 5_000;

    private final Connection connection;
    private final RunControl control;

    private ReadOnlySession(Connection connection, RunControl control) {
        this.connection = connection;
        this.control = control;
    }

    public static ReadOnlySession open(PgConnections connections, DiscoverConfig config, RunControl control)
            throws SQLException {
        Connection opened =
                connections.open("discover", config.statementTimeout().plus(GRACE), control);
        control.onEnd(() -> PgConnections.cancel(opened));
        try (var statement = opened.createStatement()) {
            statement.execute("SET default_transaction_read_only = on");
            statement.execute(
                    "SET statement_timeout = " + config.statementTimeout().toMillis());
            statement.execute("SET lock_timeout = " + config.lockTimeout().toMillis());
            // names are written with their schema; whatever else is meant is PostgreSQL's own
            statement.execute("SET search_path = pg_catalog");
            // one server process is enough, as no user waits for this
            statement.execute("SET max_parallel_workers_per_gather = 0");
            return new ReadOnlySession(opened, control);
        } catch (SQLException e) {
            opened.close();
            throw e;
        }
    }

    /** Makes something of the row that a result stands at. */
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** All rows of a query. */
    public <T> List<T> list(String sql, RowReader<T> reader, Object... parameters)
            throws SQLException, RunEndedException {
        if (control.ended()) {
            throw new RunEndedException("the discovery");
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            // within a transaction the driver then keeps no more rows at a time
            statement.setFetchSize(ROWS_AT_ONCE);
            List<T> all = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    all.add(reader.read(rows));
                }
            }
            return all;
        }
    }

    /** The only row of a query. */
    public <T> T one(String sql, RowReader<T> reader, Object... parameters) throws SQLException, RunEndedException {
        return list(sql, reader, parameters).get(0);
    }

    /** What is done within one transaction. */
    public interface Work<T> {
        T work() throws SQLException, RunEndedException;
    }

    /**
     * Does some work on one snapshot, so that a row which an update moves meanwhile is met exactly once. Vacuum waits for
     * the end of it: no longer work than that on one table.
     */
    public <T> T inOneSnapshot(Work<T> work) throws SQLException, RunEndedException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            return work.work();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** The major version of the server. */
    public int serverVersion() throws SQLException {
        return connection.getMetaData().getDatabaseMajorVersion();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
