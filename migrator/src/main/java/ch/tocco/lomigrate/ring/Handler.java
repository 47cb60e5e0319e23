package ch.tocco.lomigrate.ring;

import ch.tocco.lomigrate.lo.LoEvent;

/** One member of a {@link HandlerPool}. All methods are called by the handler's own thread. */
public interface Handler {
    /** Takes over the content of {@code event}, which is empty afterwards. */
    void take(LoEvent event) throws InterruptedException;

    /** Nothing more is there at the moment. */
    void endOfBatch() throws InterruptedException;

    /** Nothing came for a while. */
    void idle() throws InterruptedException;

    /** The end marker was met: ends all that was taken and closes what was opened. */
    void finish() throws InterruptedException;
}
