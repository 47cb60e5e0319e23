package ch.tocco.lomigrate.benchmarks.put;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.guard.OverwriteGuard;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.StopGrace;
import ch.tocco.lomigrate.lo.HashedParts;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.PartHashes;
import ch.tocco.lomigrate.lo.Parts;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.s3.S3ObjectStore;
import ch.tocco.lomigrate.storer.Bucket;
import ch.tocco.lomigrate.storer.GiantStorer;
import ch.tocco.lomigrate.storer.GiantStorers;
import ch.tocco.lomigrate.storer.Onward;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The tool's own storers of spill files without the stages around them: as many as in a run, with its defaults. */
final class GiantLane implements AutoCloseable {
    private static final int STORERS = 4;
    private static final int PART_REQUESTS = 8;
    private static final int PIECE = 256 << 10;
    private static final Duration LONG = Duration.ofMinutes(10);

    private final RunControl control = new RunControl();
    private final Counters counters = new Counters();
    private final S3Config config;
    private final S3ObjectStore store;
    private final GiantStorers storers;
    private final ExecutorService threads = Executors.newFixedThreadPool(STORERS);

    GiantLane(S3Config config) {
        this.config = config;
        store = new S3ObjectStore(config, PART_REQUESTS, FaultConfig.DEFAULT_REQUEST_TIMEOUT);
        var bucket = new Bucket(
                OverwriteGuard.none(store),
                new Breaker("the store", LONG, control),
                control.gate(),
                LONG,
                new StopGrace(control, LONG));
        var onward = new Onward(counters, new Books(counters), LoEvent::clear, event -> false);
        storers = new GiantStorers(bucket, onward, control, STORERS, PART_REQUESTS, config.partSize());
    }

    /** Returns when all of them are stored; at most {@link #STORERS}. */
    void store(List<Path> files) throws InterruptedException, ExecutionException {
        List<Future<?>> stored = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            GiantStorer storer = storers.workers().get(i);
            Path file = files.get(i);
            int oid = i + 1;
            stored.add(threads.submit(() -> {
                LoEvent[] events = new LoEvent[1];
                storer.ready(events);
                fill(events[0], file, oid);
                storer.work(events, 1);
                return null;
            }));
        }
        for (Future<?> each : stored) {
            each.get();
        }
        if (counters.failed().values().stream().anyMatch(count -> count > 0)) {
            throw new IllegalStateException("failed: " + counters.failed());
        }
    }

    private void fill(LoEvent event, Path file, int oid) throws IOException {
        long size = Files.size(file);
        Optional<HashedParts> parts = size > config.oneRequest() ? Optional.of(hashed(file, size)) : Optional.empty();
        event.listed(Rows.of("%040x".formatted(oid), size, "application/octet-stream", oid));
        // It is stored again and again, and not deleted.
        event.received(new Payload.SpillFile(file, size, parts, () -> {}), "%064x".formatted(oid));
    }

    /** In a run the receiver takes the hashes; here they are part of what is measured all the same. */
    private HashedParts hashed(Path file, long size) throws IOException {
        PartHashes hashes = new PartHashes(Parts.of(size, config.partSize()));
        byte[] buffer = new byte[PIECE];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                hashes.update(buffer, 0, count);
            }
        }
        return hashes.hashed();
    }

    @Override
    public void close() {
        threads.shutdown();
        storers.close();
        store.close();
    }
}
