package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.benchmarks.put.RawPuts;
import ch.tocco.lomigrate.benchmarks.put.SdkPuts;
import ch.tocco.lomigrate.benchmarks.results.Limits;
import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.s3.S3ObjectStore;
import ch.tocco.lomigrate.source.ContentSql;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.StoredObject;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.postgresql.PGConnection;

/** Measures each step of a migration alone, with the objects of a workload. */
final class LimitParts {
    private static final int READ_BATCH = 256;
    private static final int PAGES_BATCH = 1000;
    private static final int COMMIT_BATCH = 1000;
    private static final int IN_FLIGHT = 128;
    private static final int CONNECTIONS = 32;

    /** Distinct requests that the raw PUTs take in turn; their sizes are those of the workload's first objects. */
    private static final int REQUESTS = 64;

    private final SourceFixture source;
    private final Store store;
    private final LimitConnections connections;
    private final List<Row> rows = new ArrayList<>();
    private final byte[] content;

    private record Row(String hash, int size, long oid) {}

    LimitParts(SourceFixture source, Store store) throws SQLException {
        this.source = source;
        this.store = store;
        var database = source.database();
        this.connections = new LimitConnections(database);
        this.content = GeneratedContent.bytes(1, source.workload().maxSize());
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var all = statement.executeQuery("SELECT hash, size, data::int8 FROM pristine ORDER BY data")) {
            while (all.next()) {
                rows.add(new Row(all.getString(1), all.getInt(2), all.getLong(3)));
            }
        }
    }

    /** Each part is done twice and its second time counts: the first one warms it up. */
    Limits measure() throws Exception {
        return new Limits(
                twice(this::readPages),
                twice(this::readBatches),
                twice(this::hash),
                twice(this::putRaw),
                twice(this::putSdk),
                twice(this::putTool),
                twice(this::commit));
    }

    private interface Part {
        double perSecond() throws Exception;
    }

    private static double twice(Part part) throws Exception {
        part.perSecond();
        return part.perSecond();
    }

    private double withConnections(int piece, LimitConnections.Work work) throws Exception {
        // Small workloads, too, must keep both threads busy.
        int fair = Math.max(1, Math.min(piece, rows.size() / 8));
        return Parallel.perSecond(rows.size(), fair, () -> connections.worker(work));
    }

    private double readPages() throws Exception {
        return withConnections(PAGES_BATCH, (connection, from, to) -> {
            String sql = "COPY (SELECT loid, pageno, data FROM pg_largeobject WHERE loid BETWEEN "
                    + rows.get(from).oid() + " AND " + rows.get(to - 1).oid() + ") TO STDOUT (FORMAT binary)";
            long bytes = LimitConnections.copyOut(connection, sql);
            Parallel.require(bytes >= sizeOf(from, to), "bytes of pages");
        });
    }

    private long sizeOf(int from, int to) {
        return rows.subList(from, to).stream().mapToLong(Row::size).sum();
    }

    private double readBatches() throws Exception {
        int batch = (int)
                Math.max(1, Math.min(READ_BATCH, (4L << 20) / source.workload().maxSize()));
        return withConnections(batch, (connection, from, to) -> {
            List<Row> some = rows.subList(from, to);
            PGConnection pg = connection.unwrap(PGConnection.class);
            long bytes = 0;
            try (var get = connection.prepareStatement(ContentSql.readBatch())) {
                get.setArray(
                        1,
                        pg.createArrayOf(
                                "int8", some.stream().mapToLong(Row::oid).toArray()));
                get.setArray(
                        2,
                        pg.createArrayOf(
                                "int4",
                                some.stream().mapToInt(row -> row.size() + 1).toArray()));
                try (var read = get.executeQuery()) {
                    while (read.next()) {
                        bytes += read.getBytes(2).length;
                    }
                }
            }
            Parallel.require(bytes == sizeOf(from, to), "bytes of objects");
        });
    }

    private double hash() throws Exception {
        return Parallel.perSecond(rows.size(), READ_BATCH, () -> {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return (from, to) -> {
                for (Row row : rows.subList(from, to)) {
                    sha1.update(content, 0, row.size());
                    sha256.update(content, 0, row.size());
                    Parallel.require(sha1.digest().length + sha256.digest().length == 52, "hashes");
                }
            };
        });
    }

    private double putRaw() throws Exception {
        List<ByteBuffer> requests = rows.subList(0, Math.min(REQUESTS, rows.size())).stream()
                .map(row -> RawPuts.request(Arrays.copyOf(content, row.size())))
                .toList();
        return Parallel.perSecond(rows.size() / CONNECTIONS * CONNECTIONS, CONNECTIONS, () -> {
            RawPuts puts = new RawPuts(store.port(), CONNECTIONS);
            return new Parallel.Worker() {
                @Override
                public void work(int from, int to) throws Exception {
                    ByteBuffer request = requests.get(from / CONNECTIONS % requests.size());
                    Parallel.require(puts.putOnEach(request) == to - from, "PUTs");
                }

                @Override
                public void end() throws Exception {
                    puts.close();
                }
            };
        });
    }

    private double putSdk() throws Exception {
        try (SdkPuts sdk = new SdkPuts(store.config(), IN_FLIGHT)) {
            return put(sdk::put);
        }
    }

    private double putTool() throws Exception {
        try (S3ObjectStore tool = new S3ObjectStore(store.config(), IN_FLIGHT, FaultConfig.DEFAULT_REQUEST_TIMEOUT)) {
            return put((object, bytes) -> tool.put(object, Content.of(bytes)));
        }
    }

    private double put(BiFunction<StoredObject, byte[], CompletableFuture<?>> put) throws Exception {
        String sha256 = "0123456789abcdef".repeat(4);
        StoredObject object = new StoredObject(
                new ObjectKey(sha256),
                sha256,
                "application/octet-stream",
                Map.of("sha1", "1", "sha256", sha256, "oid", "1"));
        Semaphore permits = new Semaphore(IN_FLIGHT);
        AtomicInteger failed = new AtomicInteger();
        byte[][] bodies = rows.subList(0, Math.min(REQUESTS, rows.size())).stream()
                .map(row -> Arrays.copyOf(content, row.size()))
                .toArray(byte[][]::new);
        double rate = Parallel.perSecond(rows.size(), READ_BATCH, () -> (from, to) -> {
            for (int i = from; i < to; i++) {
                permits.acquire();
                CompletableFuture<?> unused = put.apply(object, bodies[i % bodies.length])
                        .whenComplete((stored, e) -> {
                            failed.addAndGet(e == null ? 0 : 1);
                            permits.release();
                        });
            }
        });
        permits.acquire(IN_FLIGHT);
        Parallel.require(failed.get() == 0, "PUTs");
        return rate;
    }

    private double commit() throws Exception {
        source.reset();
        String sql = new SourceSql(SourceMapping.TOCCO).hashes().commit();
        return withConnections(COMMIT_BATCH, (connection, from, to) -> {
            List<Row> some = new ArrayList<>(rows.subList(from, to));
            some.sort(Comparator.comparing(Row::hash));
            PGConnection pg = connection.unwrap(PGConnection.class);
            Object[] hashes = some.stream().map(Row::hash).toArray(String[]::new);
            Object[] sha256s =
                    some.stream().map(row -> row.hash() + "0".repeat(24)).toArray(String[]::new);
            try (var update = connection.prepareStatement(sql)) {
                update.setArray(1, connection.createArrayOf("bpchar", hashes));
                update.setArray(
                        2,
                        pg.createArrayOf(
                                "int8", some.stream().mapToLong(Row::oid).toArray()));
                update.setArray(3, connection.createArrayOf("bpchar", sha256s));
                try (var answer = update.executeQuery()) {
                    Parallel.require(answer.next() && answer.getInt(1) == some.size(), "rows committed");
                }
            }
        });
    }
}
