package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.control.Breaker;
import ch.tocco.lomigrate.control.RunControl;
import ch.tocco.lomigrate.control.StopGrace;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.monitor.Books;
import ch.tocco.lomigrate.monitor.Counters;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * What all storers of a run share.
 *
 * @param breaker where all wait while the store is away
 * @param longest time that one request without content may take; the client notices a silent store sooner, this is for
 *     when it does not
 * @param grace when the run has ended: how long requests under way may still go on
 * @param toCommit takes over stored objects; never gives up
 */
public record StorerSetup(
        ObjectStore store,
        Breaker breaker,
        Duration longest,
        StopGrace grace,
        RunControl control,
        Counters counters,
        Books books,
        Consumer<LoEvent> toCommit) {
    /** Slower than any line that giants are sent over, even shared by all requests under way. */
    private static final long SLOWEST_BYTES_PER_SECOND = 64 << 10;

    /** Time that a request with so many bytes may take. */
    Duration longest(long bytes) {
        return longest.plusSeconds(bytes / SLOWEST_BYTES_PER_SECOND);
    }
}
