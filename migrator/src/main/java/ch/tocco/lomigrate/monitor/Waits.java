package ch.tocco.lomigrate.monitor;

import ch.tocco.lomigrate.books.Progress;
import java.util.Locale;

/** What a run waits for: the stage, server or setting that the others are faster than. */
enum Waits {
    NOTHING("nothing", "", ""),
    OUTAGE("an outage", "A server or the spill directory was away", "see the warnings in the log"),
    PAUSE("a pause", "The run was paused", "the flags of the group \"Gentle on production\" say when"),
    RATE("its rate", "The allowed rate held the run back", "a larger --max-rate or --bwlimit helps"),
    COMMIT("commits", "Commits were the limit", "a larger --commit-chunk or more --committer-threads may help"),
    STORE("the store", "The store was the limit", "more --storer-threads may help, if the store can take more"),
    GIANTS("giants' uploads", "The upload of giants was the limit", "no flag makes it faster"),
    MEMORY("memory", "The memory for objects was the limit", "a larger --memory-budget helps"),
    DISK("spill room", "The room for spill files was the limit", "a larger --spill-budget helps"),
    READING("reading", "Reading from PostgreSQL was the limit", "more --receiver-threads may help"),
    LISTING("listing", "Listing the rows was the limit", "no flag makes it faster");

    private static final double MOSTLY = 0.5;
    private static final double ALMOST = 0.9;

    /** Fewer may be on their way to a storer thread that is free. */
    private static final int WAITING_PUTS = 16;

    private final String label;
    private final String found;
    private final String advice;

    Waits(String label, String found, String advice) {
        this.label = label;
        this.found = found;
        this.advice = advice;
    }

    /** In one or two words. */
    String label() {
        return label;
    }

    /** What it was for so many percent of the time, and what would help, in one sentence. */
    String sentence(long percent) {
        return String.format(Locale.ROOT, "%s for %d%% of the time: %s.", found, percent, advice);
    }

    /** The last stage with a full ring before it, as that fills the rings further up too. */
    static Waits of(Snapshot now) {
        if (now.held() == Snapshot.Held.OUTAGE) {
            return OUTAGE;
        }
        if (now.held() == Snapshot.Held.PAUSE) {
            return PAUSE;
        }
        if (now.ringShare(Snapshot.COMMIT_QUEUE) >= MOSTLY) {
            return COMMIT;
        }
        boolean putsWait = now.ringUsed(Snapshot.STORE_QUEUE) > WAITING_PUTS;
        if (now.ringShare(Snapshot.STORE_QUEUE) >= MOSTLY || (putsWait && isFull(now, Snapshot.MEMORY))) {
            return now.held() == Snapshot.Held.RATE ? RATE : STORE;
        }
        if (now.held() == Snapshot.Held.RATE) {
            return RATE;
        }
        if (isFull(now, Snapshot.MEMORY)) {
            return MEMORY;
        }
        return now.ringUsed(Snapshot.RECEIVE_QUEUE) > 0 ? READING : ofGiants(now);
    }

    /** Once no small object waits. */
    private static Waits ofGiants(Snapshot now) {
        if (now.ringShare(Snapshot.GIANT_FILES) >= MOSTLY) {
            return GIANTS;
        }
        if (now.ringUsed(Snapshot.GIANT_ROWS) > 0) {
            return isFull(now, Snapshot.DISK) ? DISK : READING;
        }
        return underWay(now);
    }

    /** Nothing waits before a stage: who has what is under way? */
    private static Waits underWay(Snapshot now) {
        Progress progress = now.progress();
        if (progress.underWay() == 0) {
            return progress.totals() != null && progress.left() == 0 ? NOTHING : LISTING;
        }
        long read = now.stages().get(1).objects();
        long stored = now.stages().get(2).objects();
        long committed = now.stages().get(3).objects();
        if (stored > committed) {
            return COMMIT;
        }
        return read > stored ? STORE : READING;
    }

    private static boolean isFull(Snapshot now, String budget) {
        return now.budgets().stream()
                .anyMatch(each -> each.label().equals(budget) && each.used() >= each.capacity() * ALMOST);
    }
}
