package ch.tocco.lomigrate.postgres;

import ch.tocco.lomigrate.lifecycle.Attempts;
import ch.tocco.lomigrate.lifecycle.Attempts.Next;
import ch.tocco.lomigrate.lifecycle.Backoff;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.lifecycle.Suspicion;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.List;
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

    private final String purpose;
    private final SessionConnection connection;
    private final Breaker breaker;
    private final RunEnd giveUp;

    /**
     * @param silence longest time, in whole seconds, that the server may say nothing in the middle of a call before it
     *     counts as away; zero: any
     * @param setUp statements that every new connection begins with
     * @param giveUp from when on an outage is no longer waited out
     */
    public PgSession(
            PgConnections connections,
            String purpose,
            Duration silence,
            List<String> setUp,
            Breaker breaker,
            RunEnd giveUp) {
        this.purpose = purpose;
        this.connection = new SessionConnection(connections, purpose, silence, setUp, giveUp);
        this.breaker = breaker;
        this.giveUp = giveUp;
    }

    /** Begins to open the connection, on a thread of its own, before it is needed. To be called first of all. */
    public PgSession openBeside() {
        connection.openBeside();
        return this;
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
     * The same for a call about certain objects, which may be too much for a server that is there: where no other session
     * asks anything, a statement that takes nothing tells.
     */
    public <T, X extends Exception> T callAboutObjects(SqlCall<T, X> call)
            throws SQLException, X, RunEndedException, InterruptedException {
        return call(call, true);
    }

    /**
     * Call once when the first bytes of a long answer arrive: the server is up, so others need not wait for the rest.
     */
    public void answers() {
        breaker.answers();
    }

    private <T, X extends Exception> T call(SqlCall<T, X> call, boolean aboutObjects)
            throws SQLException, X, RunEndedException, InterruptedException {
        Attempts attempts = new Attempts(breaker, Attempts.Pace.DATABASE);
        while (true) {
            breaker.awaitTurn(giveUp);
            attempts.begin();
            SQLException passing = null;
            try {
                return once(call);
            } catch (SQLException e) {
                passing = unlessFinal(e);
            } finally {
                // Whatever else happened, the server answered: a turn must not be kept.
                if (passing == null) {
                    attempts.answered();
                }
            }
            giveUpOrGoOn(passing, attempts, aboutObjects);
        }
    }

    /** A connection that was closed while it rested says nothing of the server: the call is made on another at once. */
    private <T, X extends Exception> T once(SqlCall<T, X> call) throws SQLException, X, InterruptedException {
        boolean rested = connection.hasRested();
        T answer;
        try {
            answer = call.on(connection.get());
        } catch (SQLException e) {
            if (!rested || !SqlFaults.isBroken(e)) {
                throw e;
            }
            LOG.debug("{}: the connection was closed while it rested: {}", purpose, SqlFaults.describe(e));
            connection.close();
            answer = call.on(connection.get());
        }
        connection.answered();
        return answer;
    }

    /** Returns a fault that may pass. */
    private static SQLException unlessFinal(SQLException e) throws SQLException {
        return switch (SqlFaults.kindOf(e)) {
            case OBJECT -> throw e;
            case RUN -> throw new RunAborted(RunAborted.Kind.FAULT, "PostgreSQL: " + SqlFaults.describe(e), e);
            case PASSING -> e;
        };
    }

    private void giveUpOrGoOn(SQLException e, Attempts attempts, boolean aboutObjects)
            throws SQLException, RunEndedException, InterruptedException {
        String words = SqlFaults.describe(e);
        LOG.debug("{}: {}", purpose, words);
        Suspicion suspicion = suspicion(e, aboutObjects);
        if (suspicion != Suspicion.THIS) {
            connection.close();
        }
        Next next = attempts.failed(words, suspicion);
        boolean probed = next == Next.PROBE;
        if (probed) {
            probed = connection.answersAProbe();
            next = attempts.probed(probed);
        }
        if (next == Next.GIVE_UP) {
            throw new SQLTransientException(
                    purpose + " failed " + attempts.own() + " times while the server was there, at last: " + words, e);
        }
        breaker.triedAgain(SqlFaults.state(e));
        if (next == Next.OUTWAIT) {
            awaitServer(words, attempts);
        } else if (probed || suspicion == Suspicion.THIS) {
            pause(attempts.pauseNanos()); // no session waits at the breaker
        }
    }

    private Suspicion suspicion(SQLException e, boolean aboutObjects) {
        Suspicion suspicion = SqlFaults.suspicion(e);
        if (suspicion == Suspicion.THIS) {
            return suspicion;
        }
        if (!connection.isOpen()) {
            return Suspicion.SERVER; // there was none to be had to ask anything
        }
        return suspicion == Suspicion.PERHAPS_THIS && !aboutObjects ? Suspicion.NONE : suspicion;
    }

    private void awaitServer(String words, Attempts attempts) throws RunEndedException, InterruptedException {
        if (attempts.lacks() == LACKS_UNTIL_SAID) {
            LOG.warn("{} waits for PostgreSQL, though others get answers: {}", purpose, words);
        }
        if (breaker.outlasted(attempts.lacking(), words)) {
            throw new RunEndedException("PostgreSQL");
        }
        // Asking is cheap while the server is there, so the pause need not grow for long.
        pause(Backoff.nanos(Math.min(attempts.lacks(), LACKS_UNTIL_STEADY)));
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
        pause(Backoff.nanos(LACKS_UNTIL_STEADY));
    }

    private void pause(long nanos) throws RunEndedException, InterruptedException {
        giveUp.pause(Duration.ofNanos(nanos));
        if (giveUp.ended()) {
            throw new RunEndedException("PostgreSQL");
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
