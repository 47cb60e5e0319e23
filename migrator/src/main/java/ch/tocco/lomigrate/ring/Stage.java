package ch.tocco.lomigrate.ring;

/** A running stage of the pipeline. */
public interface Stage {
    /**
     * Tells the stage that nothing more will be put into its ring, and waits until all that it began is forwarded,
     * failed or discarded and its threads have ended. Called after the stage before it was drained, by one thread, and
     * again if it was interrupted.
     */
    void drain() throws InterruptedException;
}
