package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Connections set up as the tool sets them up, for steps of a migration that are measured alone. */
final class LimitConnections {
    private final PgConnections connections;

    LimitConnections(SourceDatabase database) {
        var server = database.server();
        this.connections = new PgConnections(new PostgresConfig(
                server.jdbcUrl(database.name()),
                Map.of("user", server.user(), "password", server.password()),
                "benchmarks"));
    }

    /** What a worker does with its connection. */
    interface Work {
        /** Works on the objects {@code from} to before {@code to}. */
        void work(Connection connection, int from, int to) throws Exception;
    }

    /** A worker with a connection of its own. */
    Parallel.Worker worker(Work work) throws SQLException {
        Connection connection = connections.open("limits");
        try (var statement = connection.createStatement()) {
            statement.execute(SourceSql.forceGenericPlan());
        }
        return new Parallel.Worker() {
            @Override
            public void work(int from, int to) throws Exception {
                work.work(connection, from, to);
            }

            @Override
            public void end() throws SQLException {
                connection.close();
            }
        };
    }

    /** Reads all that a {@code COPY … TO STDOUT} says; how many bytes that were. */
    static long copyOut(Connection connection, String sql) throws SQLException {
        CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
        long bytes = 0;
        for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
            bytes += message.length;
        }
        return bytes;
    }
}
