package ch.tocco.lomigrate.benchmarks.commit;

import ch.tocco.lomigrate.benchmarks.Baseline;
import ch.tocco.lomigrate.benchmarks.servers.Servers;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.postgresql.PGConnection;

/**
 * What it costs to set the hash of one row over one connection, many rows per transaction. Time per row. Does not wait
 * for a disk: the server runs without fsync.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class CommitBenchmark {
    private static final int TABLE = 100_000;

    /** Rows set by one call of each benchmark. */
    private static final int ROWS = 1000;

    private static final String ROW =
            "UPDATE _nice_binary SET sha2 = ? WHERE hash = ?::bpchar AND data = ?::oid AND sha2 IS NULL";

    private static final String PLAIN = "UPDATE _nice_binary b SET sha2 = u.sha2"
            + " FROM unnest(?::bpchar[], ?::int8[], ?::bpchar[]) u(hash, o, sha2)"
            + " WHERE b.hash = u.hash AND b.data = u.o::oid AND b.sha2 IS NULL";

    @Param({"100", "1000"})
    public int chunk;

    private final SourceSql sql = new SourceSql(SourceMapping.TOCCO);
    private Connection connection;
    private CommitRows table;
    private List<CommitRows.Row> rows;

    @Setup
    public void setUp() throws SQLException {
        connection = Servers.connect();
        try (var statement = connection.createStatement()) {
            statement.execute(SourceSql.forceGenericPlan());
        }
        table = new CommitRows(connection, TABLE);
    }

    @Setup(Level.Invocation)
    public void takeRows() throws SQLException {
        rows = table.take(ROWS);
    }

    @TearDown
    public void tearDown() throws SQLException {
        connection.close();
    }

    /** One UPDATE per row, each a round trip. */
    @Benchmark
    @Baseline
    @OperationsPerInvocation(ROWS)
    public int predecessorsWay() throws SQLException {
        int updated = 0;
        PredecessorWriter writer = new PredecessorWriter(connection);
        for (int from = 0; from < ROWS; from += chunk) {
            for (CommitRows.Row row : rows.subList(from, from + chunk)) {
                updated += writer.update(row.hash(), row.sha256());
            }
            writer.commit();
        }
        return verified(updated);
    }

    /** One UPDATE per row, sent together and answered together. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int rowsInBatch() throws SQLException {
        int updated = 0;
        connection.setAutoCommit(false);
        for (int from = 0; from < ROWS; from += chunk) {
            try (PreparedStatement update = connection.prepareStatement(ROW)) {
                for (CommitRows.Row row : rows.subList(from, from + chunk)) {
                    update.setString(1, row.sha256());
                    update.setString(2, row.hash());
                    update.setLong(3, row.oid());
                    update.addBatch();
                }
                updated += IntStream.of(update.executeBatch()).sum();
            }
            connection.commit();
        }
        connection.setAutoCommit(true);
        return verified(updated);
    }

    /** One statement per chunk, as the committers do it: it answers with the keys whose rows were updated. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int unnest() throws SQLException {
        return inChunks(sql.hashes().commit());
    }

    /** The same by the statement that never waits for a row, as the committers do it where they have met a lock. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int unnestUnlocked() throws SQLException {
        return inChunks(sql.hashes().commitUnlocked());
    }

    /** The server counts the keys, which WITH allows, but not on tables with DO ALSO rules. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int unnestCountedByServer() throws SQLException {
        int updated = 0;
        String query = "WITH done AS (" + sql.hashes().commit() + ") SELECT count(DISTINCT i) FROM done";
        for (int from = 0; from < ROWS; from += chunk) {
            try (PreparedStatement update = prepared(query, rows.subList(from, from + chunk));
                    var answer = update.executeQuery()) {
                answer.next();
                updated += answer.getInt(1);
            }
        }
        return verified(updated);
    }

    private int inChunks(String query) throws SQLException {
        var updated = new BitSet(ROWS);
        for (int from = 0; from < ROWS; from += chunk) {
            try (PreparedStatement update = prepared(query, rows.subList(from, from + chunk));
                    var positions = update.executeQuery()) {
                while (positions.next()) {
                    updated.set(from + positions.getInt(1) - 1);
                }
            }
        }
        return verified(updated.cardinality());
    }

    /** The same without counting keys: the server tells how many rows were updated, which may be other rows. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int unnestPlain() throws SQLException {
        int updated = 0;
        for (int from = 0; from < ROWS; from += chunk) {
            try (PreparedStatement update = prepared(PLAIN, rows.subList(from, from + chunk))) {
                updated += update.executeUpdate();
            }
        }
        return verified(updated);
    }

    private PreparedStatement prepared(String statement, List<CommitRows.Row> some) throws SQLException {
        PGConnection pg = connection.unwrap(PGConnection.class);
        Object[] hashes = some.stream().map(CommitRows.Row::hash).toArray(String[]::new);
        Object[] sha256s = some.stream().map(CommitRows.Row::sha256).toArray(String[]::new);
        long[] oids = some.stream().mapToLong(CommitRows.Row::oid).toArray();
        PreparedStatement update = connection.prepareStatement(statement);
        update.setArray(1, connection.createArrayOf("bpchar", hashes));
        update.setArray(2, pg.createArrayOf("int8", oids));
        update.setArray(3, connection.createArrayOf("bpchar", sha256s));
        return update;
    }

    private static int verified(int updated) {
        if (updated != ROWS) {
            throw new IllegalStateException("updated " + updated + " rows");
        }
        return updated;
    }
}
