package ch.tocco.lomigrate.committer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.postgres.CommitBounds;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a committer has around it in a run. Objects are told apart by a number: it is the row's oid, and its hash and
 * its SHA-256 follow from it.
 */
final class CommitterFixture {
    final RunControl control = new RunControl();
    final Counters counters = new Counters();
    final Books books = new Books(counters);
    final FailureStreak streak = new FailureStreak();
    Breaker breaker = new Breaker("PostgreSQL", Duration.ofMinutes(10), control);

    /** The superuser's, unless a test has others. */
    PgConnections connections;

    /** As in a run, unless a test is in a hurry. */
    Duration lockTimeout = Duration.ofSeconds(3);

    private final SourceDatabase database;

    CommitterFixture(SourceDatabase database) {
        this.database = database;
        this.connections = Sessions.connections(database);
    }

    static String hash(int number) {
        return String.format("%040x", number);
    }

    static String sha2(int number) {
        return String.format("%064x", number);
    }

    /** Pending rows 1 to {@code count}, without large objects: these tests read none. */
    void insertRows(int count) throws SQLException {
        database.execute("INSERT INTO _nice_binary SELECT lpad(to_hex(i), 40, '0'), 10, 'text/plain', i"
                + " FROM generate_series(1, " + count + ") i");
    }

    /** A committer with a session of its own. */
    Committer committer(int chunk) {
        var session = Sessions.session(
                connections,
                breaker,
                control,
                SourceSql.forceGenericPlan(),
                CommitBounds.setUp(lockTimeout, Duration.ofSeconds(30)));
        return new Committer(session, Sessions.SQL, "bucket", chunk, counters, books, streak);
    }

    /** A stored object. */
    LoEvent event(int number) {
        var row = Rows.of(hash(number), 10, "text/plain", number);
        var event = new LoEvent();
        event.listed(row);
        event.received(
                new Payload.SpillFile(Path.of("unused"), row.size().bytes(), Optional.empty(), () -> {}), sha2(number));
        event.stored();
        counters.observed().done(row.size().bytes());
        return event;
    }

    /** The stored objects 1 to {@code last}. */
    LoEvent[] eventsUpTo(int last) {
        return IntStream.rangeClosed(1, last).mapToObj(this::event).toArray(LoEvent[]::new);
    }

    /** Lets the committer take these objects, and finish. */
    static void takeAndFinish(Committer committer, LoEvent... events) throws InterruptedException {
        for (LoEvent event : events) {
            committer.take(event);
            assertThat(event.isEmpty()).isTrue();
        }
        committer.finish();
    }

    /** Lets a committer of its own take these objects as one chunk. */
    void commit(LoEvent... events) throws InterruptedException {
        takeAndFinish(committer(Math.max(100, events.length)), events);
    }

    long pending() throws SQLException {
        return Long.parseLong(database.query(Sessions.SQL.counts().pending()).orElseThrow());
    }

    /** What the row has now; null while it is pending. */
    String sha2Of(int number) throws SQLException {
        return database.query("SELECT sha2 FROM _nice_binary WHERE hash = '" + hash(number) + "'")
                .orElse(null);
    }

    /** These rows have their SHA-256, and no more were counted. */
    void assertCommitted(int... numbers) throws SQLException {
        for (int number : numbers) {
            assertThat(sha2Of(number)).isEqualTo(sha2(number));
        }
        assertThat(counters.committed().objects()).isEqualTo(numbers.length);
    }

    void assertBooksBalance() {
        assertThat(counters.balanced()).as("books balance").isTrue();
    }
}
