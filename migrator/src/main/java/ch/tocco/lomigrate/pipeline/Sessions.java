package ch.tocco.lomigrate.pipeline;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lifecycle.StopGrace;
import ch.tocco.lomigrate.postgres.CommitBounds;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.source.SourceSql;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Makes the database sessions of a run's stages: who is patient with what, and until when. Thread-safe. */
final class Sessions {
    private static final Logger LOG = LogManager.getLogger(Sessions.class);

    /** Silences that a listing statement may take: one may look through the whole of a large relation. */
    private static final int LISTING_PATIENCE = 10;

    /** Shorter than it takes the rings to fill up. */
    private static final Duration LONGEST_LOCK_WAIT = Duration.ofSeconds(3);

    /** What is stored is committed also by a run whose PUTs get no grace, if PostgreSQL is there. */
    private static final Duration LEAST_TO_COMMIT = Duration.ofSeconds(10);

    private final PgConnections reading;
    private final PgConnections writing;
    private final Duration silence;
    private final Duration outageTimeout;
    private final Breaker postgres;
    private final RunControl control;
    private final StopGrace grace;

    /**
     * Opens no connection yet.
     *
     * @param reading to where rows are listed and counted, and objects are read
     * @param writing to where hashes are written
     * @param postgres where all sessions wait while the database is away
     * @param grace how long what is stored may still be committed when the run has ended
     */
    Sessions(
            PgConnections reading,
            PgConnections writing,
            FaultConfig faults,
            Breaker postgres,
            RunControl control,
            StopGrace grace) {
        this.reading = reading;
        this.writing = writing;
        this.silence = faults.requestTimeout();
        this.outageTimeout = faults.outageTimeout();
        this.postgres = postgres;
        this.control = control;
        this.grace = grace;
    }

    /** How long what is stored may still be committed, once the run has ended. */
    static StopGrace toCommit(RunControl control, Duration stopGrace) {
        return new StopGrace(control, stopGrace.compareTo(LEAST_TO_COMMIT) < 0 ? LEAST_TO_COMMIT : stopGrace);
    }

    /** For listing: a table that is locked does not look like a server that is away. */
    PgSession listing() {
        List<String> setUp = new ArrayList<>(SourceSql.pageByPage());
        setUp.add(SourceSql.lockTimeout(longestLockWait()));
        return session(reading, "observer", silence.multipliedBy(LISTING_PATIENCE), setUp, control);
    }

    /** For reading: given up as soon as the run has ended. */
    PgSession reading(String purpose, int number) {
        return session(reading, purpose + "-" + (number + 1), silence, List.of(), control);
    }

    /**
     * For writing hashes. A commit that takes long is ended by the server before its silence looks like an outage, and
     * long before that if it waits for locks, see {@link CommitBounds}.
     */
    PgSession committing(int number) {
        List<String> setUp =
                List.of(SourceSql.forceGenericPlan(), CommitBounds.setUp(longestLockWait(), silence.dividedBy(2)));
        return session(writing, "committer-" + (number + 1), silence, setUp, grace);
    }

    private Duration longestLockWait() {
        Duration share = silence.dividedBy(8);
        return share.compareTo(LONGEST_LOCK_WAIT) < 0 ? share : LONGEST_LOCK_WAIT;
    }

    /** For counting, which takes its time in a large table. No stage waits for it, and no run ends because of it. */
    PgSession counting() {
        RunControl own = new RunControl();
        own.onEnd(() -> LOG.warn(
                "the rows are not counted, so there is no ETA: {}",
                own.abortReason().map(Throwable::getMessage).orElse("")));
        Breaker patience = new Breaker("a connection for counting", outageTimeout, own);
        return new PgSession(reading, "count", Duration.ZERO, List.of(), patience, control);
    }

    private PgSession session(
            PgConnections to, String name, Duration longestSilence, List<String> setUp, RunEnd giveUp) {
        return new PgSession(to, name, longestSilence, setUp, postgres, giveUp);
    }
}
