package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.benchmarks.put.RawPuts;
import ch.tocco.lomigrate.benchmarks.put.SdkPuts;
import ch.tocco.lomigrate.benchmarks.results.Limits;
import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.s3.S3ObjectStore;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.StoredObject;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Measures each step of a migration of giants alone, piece by piece of all of them. A commit of so few rows takes no
 * time worth counting.
 */
final class LargeLimitParts {
    private static final int PIECE = 32 << 20;
    private static final int PART = 8 << 20;
    private static final int CHUNK = 256 << 10;
    private static final int PAGE = 2048;
    private static final String SHA256 = "0123456789abcdef".repeat(4);
    private static final StoredObject OBJECT = new StoredObject(
            new ObjectKey(SHA256),
            SHA256,
            "application/octet-stream",
            Map.of("sha1", "1", "sha256", SHA256, "oid", "1"));

    private final SourceFixture source;
    private final Store store;
    private final LimitConnections connections;
    private final List<Piece> pieces = new ArrayList<>();
    private final byte[] part = GeneratedContent.bytes(1, PART);

    /** A stretch of {@link #PIECE} bytes of an object. */
    private record Piece(long oid, int number) {}

    LargeLimitParts(SourceFixture source, Store store) throws SQLException {
        this.source = source;
        this.store = store;
        var database = source.database();
        this.connections = new LimitConnections(database);
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var all = statement.executeQuery("SELECT data::int8, size FROM pristine ORDER BY data")) {
            while (all.next()) {
                for (int number = 0; number < all.getLong(2) / PIECE; number++) {
                    pieces.add(new Piece(all.getLong(1), number));
                }
            }
        }
    }

    /** In objects per second, as for small ones. */
    Limits measure() throws Exception {
        double objectsPerPiece = (double) source.workload().pending() / pieces.size();
        return new Limits(
                objectsPerPiece * readPages(),
                objectsPerPiece * readChunks(),
                objectsPerPiece * hash(),
                objectsPerPiece * putRaw(),
                objectsPerPiece * putSdk(),
                objectsPerPiece * putParts(),
                Double.POSITIVE_INFINITY);
    }

    private interface Query {
        String of(Piece piece);
    }

    private double readPages() throws Exception {
        int pages = PIECE / PAGE;
        return read(piece -> "COPY (SELECT data FROM pg_largeobject WHERE loid = " + piece.oid() + " AND pageno >= "
                + piece.number() * pages + " AND pageno < " + (piece.number() + 1) * pages
                + ") TO STDOUT (FORMAT binary)");
    }

    private double readChunks() throws Exception {
        int chunks = PIECE / CHUNK;
        return read(piece -> "COPY (SELECT lo_get(" + piece.oid() + "::oid, g * " + CHUNK + ", " + CHUNK
                + ") FROM generate_series(" + (long) piece.number() * chunks + ", "
                + ((piece.number() + 1L) * chunks - 1) + ") g) TO STDOUT (FORMAT binary)");
    }

    private double read(Query query) throws Exception {
        return Parallel.perSecond(
                pieces.size(),
                1,
                () -> connections.worker((connection, from, to) -> {
                    long bytes = LimitConnections.copyOut(connection, query.of(pieces.get(from)));
                    Parallel.require(bytes >= PIECE, "bytes");
                }));
    }

    private double hash() throws Exception {
        return Parallel.perSecond(pieces.size(), 1, () -> {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return (from, to) -> {
                for (int done = 0; done < PIECE; done += PART) {
                    sha1.update(part);
                    sha256.update(part);
                }
                Parallel.require(sha1.digest().length + sha256.digest().length == 52, "hashes");
            };
        });
    }

    private double putRaw() throws Exception {
        ByteBuffer request = RawPuts.request(part);
        return Parallel.perSecond(pieces.size(), 1, () -> {
            RawPuts puts = new RawPuts(store.port(), 1);
            return new Parallel.Worker() {
                @Override
                public void work(int from, int to) throws Exception {
                    for (int done = 0; done < PIECE; done += PART) {
                        Parallel.require(puts.putOnEach(request) == 1, "PUTs");
                    }
                }

                @Override
                public void end() throws Exception {
                    puts.close();
                }
            };
        });
    }

    private double putSdk() throws Exception {
        try (SdkPuts sdk = new SdkPuts(store.config(), PIECE / PART * 2)) {
            return Parallel.perSecond(pieces.size(), 1, () -> (from, to) -> {
                var sent = new ArrayList<CompletableFuture<?>>();
                for (int number = 1; number <= PIECE / PART; number++) {
                    sent.add(sdk.put(OBJECT, part));
                }
                for (var each : sent) {
                    each.get();
                }
            });
        }
    }

    private double putParts() throws Exception {
        try (S3ObjectStore s3 =
                new S3ObjectStore(store.config(), PIECE / PART * 2, FaultConfig.DEFAULT_REQUEST_TIMEOUT)) {
            String upload = s3.beginMultipart(OBJECT).get();
            return Parallel.perSecond(pieces.size(), 1, () -> (from, to) -> {
                var sent = new ArrayList<CompletableFuture<String>>();
                for (int number = 1; number <= PIECE / PART; number++) {
                    sent.add(s3.putPart(OBJECT, upload, number, Content.of(part), SHA256));
                }
                for (var each : sent) {
                    each.get();
                }
            });
        }
    }
}
