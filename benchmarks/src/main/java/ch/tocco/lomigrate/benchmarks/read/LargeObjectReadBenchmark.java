package ch.tocco.lomigrate.benchmarks.read;

import ch.tocco.lomigrate.benchmarks.Baseline;
import ch.tocco.lomigrate.benchmarks.servers.Servers;
import ch.tocco.lomigrate.source.ContentSql;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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

/** What it costs to read one small object over one connection, all in the server's cache. Time per object. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class LargeObjectReadBenchmark {
    /** Objects read by one call of each benchmark. */
    private static final int OBJECTS = 256;

    @Param({"1024", "8192", "102400"})
    public int size;

    private Connection connection;
    private PGConnection pg;
    private long[] oids;
    private int[] most;

    @Setup
    public void setUp() throws SQLException {
        connection = Servers.connect();
        pg = connection.unwrap(PGConnection.class);
        oids = StoredObjects.ofSize(connection, size, OBJECTS);
        most = new int[OBJECTS];
        Arrays.fill(most, size + 1);
    }

    @TearDown
    public void tearDown() throws SQLException {
        connection.close();
    }

    /** BEGIN, lo_open, reads of 8 KiB, lo_close, COMMIT. */
    @Benchmark
    @Baseline
    @OperationsPerInvocation(OBJECTS)
    public long predecessorsWay() throws SQLException, IOException {
        PredecessorReader reader = new PredecessorReader(connection);
        long bytes = 0;
        for (long oid : oids) {
            bytes += reader.read(oid).length;
        }
        return verified(bytes);
    }

    /** The same statement for one object after the other. */
    @Benchmark
    @OperationsPerInvocation(OBJECTS)
    public long loGetOneByOne() throws SQLException {
        long bytes = 0;
        try (PreparedStatement get = connection.prepareStatement("SELECT lo_get(?::oid)")) {
            for (long oid : oids) {
                get.setLong(1, oid);
                try (ResultSet row = get.executeQuery()) {
                    row.next();
                    bytes += row.getBytes(1).length;
                }
            }
        }
        return verified(bytes);
    }

    @Benchmark
    @OperationsPerInvocation(OBJECTS)
    public long batchesOf128() throws SQLException {
        return verified(readBatch(0, 128) + readBatch(128, 256));
    }

    @Benchmark
    @OperationsPerInvocation(OBJECTS)
    public long batchesOf256() throws SQLException {
        return verified(readBatch(0, 256));
    }

    /** As the receivers do it. */
    private long readBatch(int from, int to) throws SQLException {
        long bytes = 0;
        try (PreparedStatement get = connection.prepareStatement(ContentSql.readBatch())) {
            get.setArray(1, pg.createArrayOf("int8", Arrays.copyOfRange(oids, from, to)));
            get.setArray(2, pg.createArrayOf("int4", Arrays.copyOfRange(most, from, to)));
            try (ResultSet rows = get.executeQuery()) {
                while (rows.next()) {
                    bytes += rows.getBytes(2).length;
                }
            }
        }
        return bytes;
    }

    private long verified(long bytes) {
        if (bytes != (long) OBJECTS * size) {
            throw new IllegalStateException("read " + bytes + " bytes");
        }
        return bytes;
    }
}
