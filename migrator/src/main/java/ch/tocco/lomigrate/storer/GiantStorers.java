package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.lo.ByteBudget;
import java.util.List;
import java.util.stream.Stream;

/** Makes the storers of spill files with the threads that they share. */
public final class GiantStorers implements AutoCloseable {
    private final PartSender sender;
    private final List<GiantStorer> workers;

    /**
     * Makes storers that have not begun.
     *
     * @param count giants that are stored at once
     * @param partThreads requests at once, of all giants together
     * @param memory bytes of parts in memory
     * @param partSize bytes of a part
     */
    public GiantStorers(StorerSetup setup, int count, int partThreads, ByteBudget memory, long partSize) {
        this.sender = new PartSender(memory, partThreads);
        this.workers = Stream.generate(() -> new GiantStorer(setup, sender, partSize))
                .limit(count)
                .toList();
    }

    public List<GiantStorer> workers() {
        return workers;
    }

    /** Ends the shared threads; the workers have finished. */
    @Override
    public void close() {
        sender.close();
    }
}
