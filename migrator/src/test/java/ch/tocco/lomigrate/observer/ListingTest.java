package ch.tocco.lomigrate.observer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.testkit.EndWhen;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.UnspeakableError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Errors of the thread that lists end the run before anybody waits for what is under way. */
@Timeout(60)
final class ListingTest {
    private final RunControl control = new RunControl();
    private final Counters counters = new Counters();

    /** Lists by way of a session that is made to wait, so that it asks whether the run has ended. */
    private void list(BooleanSupplier ended) throws InterruptedException {
        var breaker = new Breaker("PostgreSQL", Duration.ofMinutes(10), control);
        breaker.failed("away");
        var nowhere = new PgConnections(new PostgresConfig("jdbc:postgresql://127.0.0.1:1/db", Map.of(), "test"));
        var books = new Books(counters);
        try (var session = new PgSession(nowhere, "test", Duration.ZERO, List.of(), breaker, new EndWhen(ended))) {
            var observer = new Observer(session, Sessions.SQL, counters, books, control, event -> true);
            new Listing(observer, control, counters, books).run();
        }
    }

    @Test
    void errorThatNobodyExpectsEndsTheRun() throws Exception {
        list(() -> {
            throw new NoClassDefFoundError("injected");
        });
        assertThat(control.abortReason())
                .hasValueSatisfying(reason ->
                        assertThat(reason).hasMessage("internal error: java.lang.NoClassDefFoundError: injected"));
    }

    @Test
    void errorThatCannotBeLoggedEndsTheRun() throws Exception {
        list(() -> {
            throw new UnspeakableError();
        });
        assertThat(control.abortReason())
                .hasValueSatisfying(
                        reason -> assertThat(reason.getMessage()).contains(UnspeakableError.class.getName()));
    }

    @Test
    void reasonThatIsKnownIsTheOneThatIsReported() throws Exception {
        var known = new RunAborted(RunAborted.Kind.OUTAGE, "away for too long", null);
        list(() -> {
            throw known;
        });
        assertThat(control.abortReason()).containsSame(known);
    }
}
