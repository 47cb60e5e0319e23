package ch.tocco.lomigrate.postgres;

import ch.tocco.lomigrate.lifecycle.Backoff;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * One worker's connection: opened when first needed, replaced when it breaks, and the place where what is done on it is
 * tried again. For one thread.
 */
public final class PgSession implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(PgSession.class);

    private static final int LACKS_UNTIL_SAID = 4;
    private static final int LACKS_UNTIL_STEADY = 5;

    /** How soon a pause notices that it is to end. */
    private static final long LOOK_NANOS = 50_000_000;

    private final String purpose;
    private final SessionConnection connection;
    private final Breaker breaker;
    private final BooleanSupplier giveUp;

    /** Whether the last fault was that there was no connection to be had. */
    private boolean unopened;

    /** Null unless something is waited for that others do not lack. */
    private Lack lack;

    /** What the server lacks for this session only, while others get their answers. */
    private static final class Lack {
        final long since = System.nanoTime();
        int faults;
    }

    /**
     * @param silence longest time, in whole seconds, that the server may say nothing in the middle of a call before it
     *     counts as away; zero: any
     * @param setUp statements that every new connection begins with
     * @param giveUp when it says true, an outage is no longer waited out
     */
    public PgSession(
            PgConnections connections,
            String purpose,
            Duration silence,
            List<String> setUp,
            Breaker breaker,
            BooleanSupplier giveUp) {
        this.purpose = purpose;
        this.connection = new SessionConnection(connections, purpose, silence, setUp, giveUp);
        this.breaker = breaker;
        this.giveUp = giveUp;
    }

    /**
     * Does {@code call}, again and again while a passing fault is in the way.
     *
     * @throws SQLException a fault of what was asked, not of the server: {@link FaultKind#OBJECT}, or passing but only
     *     ever for this call
     * @throws RunEndedException the run ended while the server was away
     * @throws RunAborted the server's answer ends the run
     */
    public <T, X extends Exception> T call(SqlCall<T, X> call)
            throws SQLException, X, RunEndedException, InterruptedException {
        return call(call, false);
    }

    /**
     * The same for a call about certain objects, which may be too much for a server that is there: where nobody else
     * asks anything, a statement that takes nothing tells.
     */
    public <T, X extends Exception> T callAboutObjects(SqlCall<T, X> call)
            throws SQLException, X, RunEndedException, InterruptedException {
        return call(call, true);
    }

    /**
     * To be called in a call that takes long, once, when the first of its answer is there: nobody need wait for the rest
     * to know that the server is there.
     */
    public void answers() {
        breaker.answers();
    }

    private <T, X extends Exception> T call(SqlCall<T, X> call, boolean aboutObjects)
            throws SQLException, X, RunEndedException, InterruptedException {
        CallTries tries = new CallTries();
        while (true) {
            breaker.awaitTurn(giveUp);
            long begun = System.nanoTime();
            long successesBefore = breaker.successes();
            boolean away = false;
            SQLException failure;
            try {
                return call.on(connection.get());
            } catch (SQLException e) {
                failure = e;
                away = isAway(e, begun);
            } finally {
                // Whatever else happened, the server answered: a turn must not be kept.
                if (!away) {
                    lack = null;
                    breaker.succeeded();
                }
            }
            boolean othersSucceed = breaker.successes() > successesBefore;
            boolean needProbe = tries.needProbe(othersSucceed, aboutObjects && isSuspicious(failure));
            if (othersSucceed && away && isServers(failure)) {
                awaitServer(failure);
            } else if (othersSucceed) {
                tries.failedAlone(purpose, failure);
                if (!away) {
                    pause(tries.pause());
                }
            } else if (needProbe && answersAProbe()) {
                tries.failedAlone(purpose, failure);
                pause(tries.pauseBesideProbe());
            }
        }
    }

    private boolean isSuspicious(SQLException e) {
        return !unopened && SqlFaults.isSuspicious(e);
    }

    /** Whether the server answers at all: then nobody else need wait. */
    private boolean answersAProbe() {
        boolean answers = connection.answersAProbe();
        if (answers) {
            breaker.succeeded();
        }
        return answers;
    }

    /** After a passing fault: true if nobody gets an answer now, false if only this call got one that may change. */
    private boolean isAway(SQLException e, long begun) throws SQLException {
        return switch (SqlFaults.kindOf(e)) {
            case OBJECT -> throw e;
            case RUN -> throw new RunAborted(RunAborted.Kind.FAULT, "PostgreSQL: " + SqlFaults.describe(e), e);
            case PASSING -> {
                LOG.debug("{}: {}", purpose, SqlFaults.describe(e));
                if (SqlFaults.isAnswer(e)) {
                    yield false;
                }
                unopened = !connection.isOpen();
                connection.close();
                breaker.failed(SqlFaults.describe(e), begun);
                yield true;
            }
        };
    }

    /** Whether a passing fault cannot be about what was asked: then it is waited out, however long others succeed. */
    private boolean isServers(SQLException e) {
        return unopened || SqlFaults.isServers(e);
    }

    private void awaitServer(SQLException e) throws RunEndedException, InterruptedException {
        if (lack == null) {
            lack = new Lack();
        }
        lack.faults++;
        if (lack.faults == LACKS_UNTIL_SAID) {
            LOG.warn("{} waits for PostgreSQL, though others get answers: {}", purpose, SqlFaults.describe(e));
        }
        Duration waited = Duration.ofNanos(System.nanoTime() - lack.since);
        if (breaker.outlasted(waited, SqlFaults.describe(e))) {
            throw new RunEndedException("PostgreSQL");
        }
        // Asking is cheap while the server is there, so the pause need not grow for long.
        pause(Math.min(lack.faults, LACKS_UNTIL_STEADY));
    }

    /**
     * To be called where something else than the server is in the way of a call: a pause before it is tried again.
     *
     * @param since when that began, in the terms of {@link System#nanoTime}
     * @param what is in the way, in the past tense
     * @throws RunEndedException the run ended, because of this if it lasts for longer than an outage may
     */
    public void pauseSince(long since, String what, String cause) throws RunEndedException, InterruptedException {
        if (breaker.outlasted(Duration.ofNanos(System.nanoTime() - since), what, cause)) {
            throw new RunEndedException("PostgreSQL");
        }
        pause();
    }

    /** A pause before a call is made again that had an answer, though not the one that is wanted. */
    public void pause() throws RunEndedException, InterruptedException {
        pause(LACKS_UNTIL_STEADY);
    }

    private void pause(int failures) throws RunEndedException, InterruptedException {
        long end = System.nanoTime() + Backoff.nanos(failures);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            if (giveUp.getAsBoolean()) {
                throw new RunEndedException("PostgreSQL");
            }
            TimeUnit.NANOSECONDS.sleep(Math.min(left, LOOK_NANOS));
        }
    }

    /**
     * Ends what the server is doing for this session, if anything. Any thread may ask for it, and waits some seconds at
     * most.
     */
    public void abort() {
        connection.abort();
    }

    /** Closes the connection; the next call opens another. */
    @Override
    public void close() {
        connection.close();
    }
}
