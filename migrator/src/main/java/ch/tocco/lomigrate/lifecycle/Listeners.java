package ch.tocco.lomigrate.lifecycle;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Who is to be told once that a moment has come. Thread-safe. */
final class Listeners {
    private static final Logger LOG = LogManager.getLogger(Listeners.class);

    private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();

    /** One of its own for each registration: the same listener may be added twice. */
    private record Entry(Runnable listener, Object identity) {}

    RunEnd.Registration add(Runnable listener) {
        Entry entry = new Entry(listener, new Object());
        entries.add(entry);
        return () -> entries.remove(entry);
    }

    /** The moment has come: tells all that were added and not told yet, also if one fails. */
    void tell() {
        for (Entry next = entries.poll(); next != null; next = entries.poll()) {
            tell(next.listener());
        }
    }

    private static void tell(Runnable listener) {
        try {
            listener.run();
        } catch (Throwable e) {
            try {
                LOG.error("at the end of the run", e);
            } catch (Throwable unsaid) {
                // The others still are to be told: they end what would go on without end.
            }
        }
    }
}
