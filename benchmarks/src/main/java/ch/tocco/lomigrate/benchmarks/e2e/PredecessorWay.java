package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.benchmarks.commit.PredecessorWriter;
import ch.tocco.lomigrate.benchmarks.read.PredecessorReader;
import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.s3.S3ObjectStore;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.StoredObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The baseline: a migration as the predecessor does it, with its defaults, and otherwise as fast as Java can be. One open
 * transaction lists the rows; two threads read, a transaction of several round trips per object; five threads PUT, each
 * waiting for its answer; what is too large for memory goes through a file, in one PUT; two threads commit, a round trip
 * per row. {@link ArrayBlockingQueue}s between them. The requests are the tool's own, the cheapest that there are: what
 * is compared is the way, not the client. Knows no faults: the first one ends it.
 */
public final class PredecessorWay {
    private static final int RECEIVER_QUEUE = 8192;
    private static final int STORER_QUEUE = 1024;
    private static final int COMMITTER_QUEUE = 8192;
    private static final int RECEIVERS = 2;
    private static final int STORERS = 5;
    private static final int COMMITTERS = 2;
    private static final int COMMIT_CHUNK = 100;
    private static final int FETCH = 1000;

    /** Larger objects go through a file. */
    private static final long IN_MEMORY = 1 << 20;

    private static final Path NO_FILE = Path.of("");
    private static final Content NO_CONTENT = Content.of(new byte[0]);

    private final String jdbcUrl;
    private final S3ObjectStore bucket;
    private final BlockingQueue<Item> toReceive = new ArrayBlockingQueue<>(RECEIVER_QUEUE);
    private final BlockingQueue<Item> toStore = new ArrayBlockingQueue<>(STORER_QUEUE);
    private final BlockingQueue<Item> toCommit = new ArrayBlockingQueue<>(COMMITTER_QUEUE);

    /** Its content is in memory, or in a file that is removed when it is stored. */
    private record Item(String hash, String mimeType, long oid, long size, Content content, String sha256, Path file) {
        static final Item END = listed("", "", 0, 0);

        static Item listed(String hash, String mimeType, long oid, long size) {
            return new Item(hash, mimeType, oid, size, NO_CONTENT, "", NO_FILE);
        }

        Item received(Content received, String contentHash, Path spilled) {
            return new Item(hash, mimeType, oid, size, received, contentHash, spilled);
        }

        Item stored() {
            return received(NO_CONTENT, sha256, NO_FILE);
        }

        boolean isEnd() {
            return hash.isEmpty();
        }
    }

    private PredecessorWay(String jdbcUrl, S3ObjectStore bucket) {
        this.jdbcUrl = jdbcUrl;
        this.bucket = bucket;
    }

    /** Arguments: JDBC URL with user and password, endpoint of the store, most objects to migrate. */
    public static void main(String[] arguments) throws Exception {
        try (S3ObjectStore bucket = bucket(arguments[1])) {
            new PredecessorWay(arguments[0], bucket).run(Integer.parseInt(arguments[2]));
        }
    }

    private void run(int objects) throws Exception {
        List<Callable<Void>> work = new ArrayList<>();
        work.add(() -> observe(objects));
        stage(work, RECEIVERS, STORERS, toStore, this::receive);
        stage(work, STORERS, COMMITTERS, toCommit, this::store);
        stage(work, COMMITTERS, 0, toCommit, this::commit);
        ExecutorService threads = Executors.newFixedThreadPool(work.size());
        try {
            var running = new ExecutorCompletionService<Void>(threads);
            work.forEach(running::submit);
            for (int i = 0; i < work.size(); i++) {
                running.take().get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** The last thread of a stage tells the next stage's threads that nothing more will come. */
    private static void stage(
            List<Callable<Void>> work, int threads, int nextThreads, BlockingQueue<Item> next, Callable<Void> body) {
        var left = new AtomicInteger(threads);
        for (int i = 0; i < threads; i++) {
            work.add(() -> {
                body.call();
                if (left.decrementAndGet() == 0) {
                    putEnds(next, nextThreads);
                }
                return null;
            });
        }
    }

    private static void putEnds(BlockingQueue<Item> queue, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            queue.put(Item.END);
        }
    }

    private Void observe(int objects) throws Exception {
        try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
            connection.setAutoCommit(false);
            try (var statement = connection.prepareStatement(
                    "SELECT hash, mime_type, data::int8, size FROM _nice_binary WHERE sha2 IS NULL LIMIT ?")) {
                statement.setInt(1, objects);
                statement.setFetchSize(FETCH);
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        toReceive.put(
                                Item.listed(rows.getString(1), rows.getString(2), rows.getLong(3), rows.getLong(4)));
                    }
                }
            }
            connection.commit();
        }
        putEnds(toReceive, RECEIVERS);
        return null;
    }

    private Void receive() throws Exception {
        MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
            PredecessorReader reader = new PredecessorReader(connection);
            for (Item item = toReceive.take(); !item.isEnd(); item = toReceive.take()) {
                toStore.put(
                        item.size() > IN_MEMORY ? spill(reader, item, sha1, sha256) : read(reader, item, sha1, sha256));
            }
        }
        return null;
    }

    private static Item read(PredecessorReader reader, Item item, MessageDigest sha1, MessageDigest sha256)
            throws SQLException, IOException {
        byte[] bytes = reader.read(item.oid());
        sha1.update(bytes);
        sha256.update(bytes);
        return item.received(Content.of(bytes), verified(item, sha1, sha256), NO_FILE);
    }

    private static Item spill(PredecessorReader reader, Item item, MessageDigest sha1, MessageDigest sha256)
            throws SQLException, IOException {
        Path file = Files.createTempFile("lo-migrate-bench-", ".spill");
        try (OutputStream out = new DigestOutputStream(
                new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(file)), sha1), sha256)) {
            reader.read(item.oid(), out);
        }
        return item.received(NO_CONTENT, verified(item, sha1, sha256), file);
    }

    private static String verified(Item item, MessageDigest sha1, MessageDigest sha256) {
        if (!HexFormat.of().formatHex(sha1.digest()).equals(item.hash())) {
            throw new IllegalStateException("hash of " + item.oid());
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    private Void store() throws Exception {
        for (Item item = toStore.take(); !item.isEnd(); item = toStore.take()) {
            if (item.file().equals(NO_FILE)) {
                put(item, item.content());
            } else {
                putFile(item);
            }
            toCommit.put(item.stored());
        }
        return null;
    }

    private void putFile(Item item) throws IOException {
        try (FileChannel file = FileChannel.open(item.file())) {
            put(item, Content.of(file, 0, file.size()));
        }
        Files.delete(item.file());
    }

    /** Waits for the answer, as the predecessor's storers do. */
    private void put(Item item, Content content) {
        Map<String, String> metadata =
                Map.of("sha1", item.hash(), "sha256", item.sha256(), "oid", Long.toString(item.oid()));
        String unused = bucket.put(
                        new StoredObject(new ObjectKey(item.sha256()), item.sha256(), item.mimeType(), metadata),
                        content)
                .join();
    }

    private static S3ObjectStore bucket(String endpoint) {
        S3Config config = new S3Config(
                URI.create(endpoint),
                S3Config.DEFAULT_REGION,
                "bucket",
                Optional.of(new S3Config.Keys("access", "secret")),
                false,
                S3Config.DEFAULT_MULTIPART_THRESHOLD,
                S3Config.DEFAULT_PART_SIZE);
        return new S3ObjectStore(config, STORERS, FaultConfig.DEFAULT_REQUEST_TIMEOUT);
    }

    private Void commit() throws Exception {
        try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
            PredecessorWriter writer = new PredecessorWriter(connection);
            int uncommitted = 0;
            for (Item item = toCommit.take(); !item.isEnd(); item = toCommit.take()) {
                writer.update(item.hash(), item.sha256());
                if (++uncommitted == COMMIT_CHUNK) {
                    writer.commit();
                    uncommitted = 0;
                }
            }
            if (uncommitted > 0) {
                writer.commit();
            }
        }
        return null;
    }
}
