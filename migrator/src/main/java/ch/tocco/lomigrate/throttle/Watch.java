package ch.tocco.lomigrate.throttle;

import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.postgres.SqlFaults;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A thread that asks the database once a second over a connection of its own, in transactions that read only. A statement
 * that fails or takes over two seconds gives a reading that is unknown; a database that is away for longer than an outage
 * may be ends the run. {@link #reading} is for any thread.
 */
final class Watch implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(Watch.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final String SET_UP =
            "SET statement_timeout = '2s'; SET lock_timeout = '2s'; SET default_transaction_read_only = on";

    /** Longer than the server lets a statement take. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private final PgSession session;
    private final RunControl control;
    private final List<Measure> measures;
    private final Map<Measure, Reading> readings = new ConcurrentHashMap<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    private Watch(PgSession session, String purpose, List<Measure> measures, RunControl control) {
        this.session = session;
        this.control = control;
        this.measures = measures;
        measures.forEach(measure -> readings.put(measure, Reading.NONE));
        this.thread = new Thread(this::run, purpose);
        thread.setDaemon(true);
    }

    /**
     * Starts asking.
     *
     * @param purpose of the connection and the thread
     */
    static Watch start(
            PgConnections connections,
            String purpose,
            List<Measure> measures,
            Duration outageTimeout,
            RunControl control) {
        Breaker breaker = new Breaker("PostgreSQL", outageTimeout, control);
        PgSession session = new PgSession(connections, purpose, SILENCE, List.of(SET_UP), breaker, control);
        Watch watch = new Watch(session, purpose, measures, control);
        watch.thread.start();
        return watch;
    }

    /** What was found last. */
    Reading reading(Measure measure) {
        return readings.get(measure);
    }

    /** Waits until everything was asked once, but not for long. */
    void awaitFirst() throws InterruptedException {
        asked.await(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void run() {
        try {
            do {
                for (Measure measure : measures) {
                    readings.put(measure, session.<Reading, RunEndedException>call(c -> take(measure, c)));
                }
                asked.countDown();
            } while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS));
        } catch (RunEndedException ended) {
            LOG.debug("{}", ended.getMessage());
        } catch (RunAborted e) {
            control.abort(e);
        } catch (SQLException | InterruptedException | RuntimeException e) {
            control.bug("the database cannot be watched", e);
        } finally {
            session.close();
        }
    }

    /** What only this statement got is a reading; what broke the connection is the session's. */
    private static Reading take(Measure measure, Connection connection) throws SQLException {
        try {
            return measure.take(connection);
        } catch (SQLException e) {
            if (SqlFaults.isBroken(e)) {
                throw e;
            }
            return Reading.unknown("a question to the database failed: " + SqlFaults.describe(e));
        }
    }

    @Override
    public void close() {
        closed.countDown();
        session.abort();
    }
}
