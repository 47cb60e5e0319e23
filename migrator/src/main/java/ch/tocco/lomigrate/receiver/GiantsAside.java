package ch.tocco.lomigrate.receiver;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.ring.Guest;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.ring.WorkerPool;

/**
 * The rows of giants, kept aside so that the observer can go on to small objects, and who reads them: the giants' own
 * receiver, and receivers of small objects that have nothing else to do. As long as small objects may still be listed,
 * one of these keeps out of it. Thread-safe; one thread lists.
 */
public final class GiantsAside {
    /** Rows that are kept; where there are more the observer waits. At some 200 bytes each they take 20 MB. */
    public static final int ROOM = 100_000;

    private final LoRing rows;
    private final LoRing files;
    private final LoRing small;
    private final int receivers;
    private final RunEnd end;

    /** Guarded by this object, as is what follows. */
    private boolean listing;

    private int helping;

    /**
     * Nothing is listed yet.
     *
     * @param rows where the giants wait for being read
     * @param files where they wait for being stored; when it is half full, more readers would not help
     * @param small the ring of the receivers that may help
     * @param receivers how many these are
     * @param end of the run: from then on nothing is waited for
     */
    public GiantsAside(LoRing rows, LoRing files, LoRing small, int receivers, RunEnd end) {
        this.rows = rows;
        this.files = files;
        this.small = small;
        this.receivers = receivers;
        this.end = end;
        end.onEnd(this::wake); // for as long as the run lasts
    }

    /** Rows will be listed: returns when a receiver is free for small ones, and stays so. */
    public void listingBegins() {
        try {
            awaitOneFree();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void awaitOneFree() throws InterruptedException {
        listing = true;
        while (helping == receivers && !end.ended()) {
            wait();
        }
    }

    private synchronized void wake() {
        notifyAll();
    }

    /** No more rows come until {@link #listingBegins}: all may help. */
    public synchronized void listingEnds() {
        listing = false;
    }

    /**
     * Takes over the event of a giant that was listed. Waits where too many are aside already; all may help then, as no
     * small object can come.
     *
     * @return false: the run has ended, it was not taken
     */
    public boolean put(LoEvent giant) {
        if (rows.tryPut(giant)) {
            return true;
        }
        listingEnds();
        boolean taken = rows.put(giant);
        listingBegins();
        return taken;
    }

    /** For one of the receivers; {@code own} is the stage that takes the giants' rows. */
    public Helper helper(WorkerPool own) {
        return new Helper(own.guest());
    }

    private synchronized boolean join() {
        boolean wanted = helping < (listing ? receivers - 1 : receivers)
                && small.used() == 0
                && files.used() < files.size() / 2
                && !end.ended();
        if (wanted) {
            helping++;
        }
        return wanted;
    }

    private synchronized void leave() {
        helping--;
        notifyAll();
    }

    /** What a receiver that is idle asks for giants. For one thread. */
    public final class Helper {
        private final Guest guest;

        private Helper(Guest guest) {
            this.guest = guest;
        }

        /**
         * Moves the next giant into {@code into} if there is one and help is welcome.
         *
         * @return true: to be followed by {@link #done}
         */
        boolean take(LoEvent into) {
            if (!join()) {
                return false;
            }
            boolean taken = false;
            try {
                taken = guest.take(into);
            } finally {
                if (!taken) {
                    leave();
                }
            }
            return taken;
        }

        /** The giant was handed on, or settled. */
        void done() {
            leave();
        }
    }
}
