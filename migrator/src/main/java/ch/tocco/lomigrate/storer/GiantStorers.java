package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.lifecycle.RunControl;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Makes the storers of spill files with the threads that they share. */
public final class GiantStorers implements AutoCloseable {
    private final ExecutorService partThreads;
    private final List<GiantStorer> workers;

    /**
     * Makes storers that have not begun.
     *
     * @param count giants that are stored at once
     * @param requests parts under way at once, of all giants together
     * @param partSize wanted bytes of a part
     */
    public GiantStorers(Bucket bucket, Onward onward, RunControl control, int count, int requests, long partSize) {
        AtomicInteger number = new AtomicInteger();
        this.partThreads = Executors.newFixedThreadPool(requests, work -> {
            Thread thread = new Thread(work, "part-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.workers = Stream.generate(() -> new GiantStorer(bucket, onward, control, partThreads, partSize))
                .limit(count)
                .toList();
    }

    public List<GiantStorer> workers() {
        return workers;
    }

    /** Ends the shared threads; the workers have finished. */
    @Override
    public void close() {
        partThreads.shutdown();
    }
}
