package ch.tocco.lomigrate.storer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Parts;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.ring.Stage;
import ch.tocco.lomigrate.ring.WorkerPool;
import ch.tocco.lomigrate.store.MemoryObjectStore;
import ch.tocco.lomigrate.store.MemoryObjectStore.Operation;
import ch.tocco.lomigrate.store.MemoryObjectStore.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Two {@link GiantStorer}s that work on a ring of their own, as in a run, and the spill files that they take. */
final class GiantStage implements AutoCloseable {
    /** Bytes of a part. */
    static final int PART = 1000;

    /** Parts under way at once, at most. */
    static final int PART_REQUESTS = 4;

    final StorerFixture run;
    private final Path directory;
    private final long oneRequest;
    private final GiantStorers storers;
    private final LoRing ring;
    private final Stage stage;

    /** Starts it with spill files in this directory; what is larger than a part goes in parts. */
    GiantStage(StorerFixture run, Path directory) {
        this(run, directory, PART);
    }

    /** Starts it with spill files in this directory; objects up to {@code oneRequest} bytes go in one request. */
    GiantStage(StorerFixture run, Path directory, long oneRequest) {
        this.run = run;
        this.directory = directory;
        this.oneRequest = oneRequest;
        this.storers = new GiantStorers(run.bucket, run.onward, run.control, 2, PART_REQUESTS, PART);
        this.ring = new LoRing("giant-storer", 64, run.control);
        this.stage = WorkerPool.start(ring, storers.workers(), 1, Long.MAX_VALUE, run.errors::add);
    }

    static Predicate<Request> part(int number) {
        return request -> request.operation() == Operation.PART && request.part() == number;
    }

    static Predicate<Request> operation(Operation operation) {
        return request -> request.operation() == operation;
    }

    /** Has the store answer with this to some requests, and do all others. */
    void failing(Predicate<Request> which, FaultKind kind, FailureReason reason) {
        run.store.before(
                request -> which.test(request) ? MemoryObjectStore.fault(kind, reason) : MemoryObjectStore.atOnce());
    }

    /** Puts a spill file of generated content; its key. */
    String put(long seed, int size) throws IOException {
        LoEvent event = inFile(seed, size);
        String key = event.sha256();
        put(event);
        return key;
    }

    /** A spill file of generated content, to be uploaded as its size says. */
    LoEvent inFile(long seed, int size) throws IOException {
        Optional<Parts> parts = size > oneRequest ? Optional.of(Parts.of(size, PART)) : Optional.empty();
        return run.inFile(directory, seed, size, parts);
    }

    void put(LoEvent event) {
        assertThat(ring.put(event)).as("taken by the ring").isTrue();
    }

    Map<FailureReason, Long> failed() {
        return run.counters.failed();
    }

    /** Waits until all that was put is dealt with. */
    void drain() throws InterruptedException {
        stage.drain();
    }

    /** The same, and sees that nothing got lost on the way, and neither file nor upload is left behind. */
    void drainAndAssertSettled() throws Exception {
        drain();
        run.assertSettled();
        assertThat(run.store.openUploads()).as("uploads left open").isEmpty();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).as("spill files").isEmpty();
        }
    }

    /** Ends the threads that the storers share. */
    @Override
    public void close() {
        storers.close();
    }
}
