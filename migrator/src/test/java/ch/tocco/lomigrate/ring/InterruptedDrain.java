package ch.tocco.lomigrate.ring;

/** Drains a stage from a thread that is interrupted meanwhile. */
final class InterruptedDrain {
    private InterruptedDrain() {}

    /** Begins again until the stage is drained, interrupted each of the first {@code interrupts} times; how often it was. */
    static int of(Stage stage, int interrupts) {
        int interrupted = 0;
        for (boolean drained = false; !drained; ) {
            if (interrupted < interrupts) {
                Thread.currentThread().interrupt();
            }
            try {
                stage.drain();
                drained = true;
            } catch (InterruptedException e) {
                interrupted++;
            }
        }
        return interrupted;
    }
}
