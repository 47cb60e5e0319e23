package ch.tocco.lomigrate.committer;

import static ch.tocco.lomigrate.committer.CommitterFixture.hash;
import static ch.tocco.lomigrate.committer.CommitterFixture.takeAndFinish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server that refuses, breaks the connection, has a deadlock or is away: no stored object is lost or counted twice. */
@ExtendWith(Backends.class)
@Timeout(120)
final class CommitterFaultsIT {
    private SourceDatabase database;
    private CommitterFixture run;

    @BeforeEach
    void open(SourceDatabase fresh) {
        database = fresh;
        run = new CommitterFixture(database);
    }

    @AfterEach
    void booksBalance() {
        run.assertBooksBalance();
    }

    @Test
    void roleThatMayNotWriteHashesEndsTheRunAndLosesNoObject() throws Exception {
        run.insertRows(2);
        String role = Sessions.createRole(database);
        database.execute("GRANT SELECT ON _nice_binary TO " + role);
        run.connections = Sessions.connections(database, role, role);
        var committer = run.committer(100);
        committer.take(run.event(1));
        committer.take(run.event(2));

        assertThatThrownBy(committer::finish).isInstanceOf(RunAborted.class).hasMessageContaining("permission denied");

        assertThat(run.counters.discardedCount()).isEqualTo(2);
        Sessions.awaitNone(database);
    }

    @Test
    void connectionThatBreaksBetweenChunksIsReplaced() throws Exception {
        run.insertRows(2);
        var committer = run.committer(1);
        committer.take(run.event(1));
        assertThat(Sessions.terminateBackends(database)).isOne();
        takeAndFinish(committer, run.event(2));
        run.assertCommitted(1, 2);
    }

    /** PostgreSQL aborts the one that notices a deadlock first: the committer gives way before production notices it. */
    @Test
    void chunkThatMeetsLocksInTheOppositeOrderGivesWayAndIsCommittedLater() throws Exception {
        run.insertRows(2);
        var committer = run.committer(2);
        try (Connection other = database.connect()) {
            other.setAutoCommit(false);
            // Production locks the second row first, the committer the first one.
            update(other, 2);
            var committing = Background.run(() -> takeAndFinish(committer, run.event(1), run.event(2)));
            Sessions.awaitLockWait(database);
            update(other, 1); // would fail with 40P01
            other.commit();
            committing.join();
        }
        assertThat(run.counters.discardedCount()).isZero();
        // the second row may still have been locked when it was passed by: a run tries it again at its end
        assertThat(run.counters.failed().keySet()).isSubsetOf(FailureReason.NOT_COMMITTED);
        if (run.pending() > 0) {
            run.commit(run.event(2));
        }
        run.assertCommitted(1, 2);
    }

    private static void update(Connection connection, int number) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("UPDATE _nice_binary SET mime_type = 'a/b' WHERE hash = '" + hash(number) + "'");
        }
    }

    @Test
    void runThatEndsDuringAnOutageDiscardsWhatIsNotCommitted() throws Exception {
        run.insertRows(1);
        run.connections = Sessions.connections(database, "nobody", "x");
        run.breaker.failed("away");
        run.control.stop();
        run.commit(run.event(1));
        assertThat(run.counters.discardedCount()).isOne();
    }
}
