package ch.tocco.lomigrate.benchmarks.read;

import ch.tocco.lomigrate.benchmarks.Baseline;
import ch.tocco.lomigrate.benchmarks.servers.Servers;
import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import ch.tocco.lomigrate.source.ContentSql;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** What it costs to read one large object over one connection without keeping it. Time per object. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class LargeObjectStreamBenchmark {
    @Param("16777216")
    public int size;

    private Connection connection;
    private long oid;

    @Setup
    public void setUp() throws SQLException {
        connection = Servers.connect();
        oid = StoredObjects.ofSize(connection, size, 1)[0];
    }

    @TearDown
    public void tearDown() throws SQLException {
        connection.close();
    }

    @Benchmark
    @Baseline
    public int predecessorsWay() throws SQLException, IOException {
        int bytes = new PredecessorReader(connection).read(oid).length;
        return verified(bytes, 0);
    }

    @Benchmark
    public int copyOf256KiB() throws SQLException {
        return copy(256 << 10);
    }

    @Benchmark
    public int copyOf1MiB() throws SQLException {
        return copy(1 << 20);
    }

    private int copy(int chunk) throws SQLException {
        CopyOut copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut(ContentSql.copyOut(new LargeObject(oid), size, chunk));
        int bytes = 0;
        for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
            bytes += message.length;
        }
        // Around the values stand a header of 19 bytes, 6 bytes for each row, and the trailer of 2.
        return verified(bytes, 19 + 6 * ((size + chunk - 1) / chunk) + 2);
    }

    private int verified(int bytes, int around) {
        if (bytes - around != size) {
            throw new IllegalStateException("read " + bytes + " bytes, " + around + " of them around the values");
        }
        return bytes;
    }
}
