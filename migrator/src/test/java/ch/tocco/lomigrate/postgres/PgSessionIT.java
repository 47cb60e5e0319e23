package ch.tocco.lomigrate.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One place reconnects and tries again, and says when that is of no use. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
@Tag("slow")
final class PgSessionIT {
    private final RunControl control = new RunControl();
    private final Breaker breaker = new Breaker("PostgreSQL", Duration.ofMinutes(10), control);
    private final AtomicInteger calls = new AtomicInteger();

    private SourceDatabase database;
    private PgSession session;

    @BeforeEach
    void open(SourceDatabase fresh) {
        database = fresh;
        session = Sessions.session(Sessions.connections(database), breaker, control, "SET work_mem = '7MB'");
    }

    @AfterEach
    void close() {
        session.close();
    }

    private static String first(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private String query(String sql) throws Exception {
        return session.call(connection -> {
            calls.incrementAndGet();
            return first(connection, sql);
        });
    }

    @Test
    void keepsItsConnection() throws Exception {
        assertThat(query("SELECT pg_backend_pid()")).isEqualTo(query("SELECT pg_backend_pid()"));
        assertThat(query("SELECT current_setting('application_name')")).isEqualTo("lo-migrate test");
    }

    @Test
    void replacesAConnectionThatBrokeAndSetsTheNewOneUp() throws Exception {
        String pid = query("SELECT pg_backend_pid()");
        Sessions.terminate(database, pid);
        assertThat(query("SELECT pg_backend_pid()")).isNotEqualTo(pid);
        assertThat(query("SHOW work_mem")).isEqualTo("7MB");
        assertThat(breaker.waiting()).isEmpty();
    }

    @Test
    void connectionsThatAreClosedWhileTheyRestAreNoOutage() throws Exception {
        var told = new AtomicInteger();
        breaker.onChange(told::incrementAndGet);
        try (var other = Sessions.session(Sessions.connections(database), breaker, control)) {
            String pid = query("SELECT pg_backend_pid()");
            String otherPid = other.call(connection -> first(connection, "SELECT pg_backend_pid()"));
            Thread.sleep(600);
            Sessions.terminate(database, pid);
            Sessions.terminate(database, otherPid);
            assertThat(query("SELECT pg_backend_pid()")).isNotEqualTo(pid);
            assertThat(other.<String, RuntimeException>call(connection -> first(connection, "SELECT pg_backend_pid()")))
                    .isNotEqualTo(otherPid);
            assertThat(told).as("what the breaker was told").hasValue(0);
        }
    }

    @Test
    void triesAgainWhatFailedInPassing() throws Exception {
        String answer = session.call(connection -> {
            if (calls.incrementAndGet() < 4) {
                throw new SQLException("deadlock detected", "40P01");
            }
            return first(connection, "SELECT 'done'");
        });
        assertThat(answer).isEqualTo("done");
        assertThat(calls).hasValue(4);
        assertThat(breaker.waiting()).isEmpty();
    }

    @Test
    void passesOnWhatWasWrongWithTheQuestionAndKeepsTheConnection() throws Exception {
        String pid = query("SELECT pg_backend_pid()");
        assertThatThrownBy(() -> query("SELECT lo_get(4000000000)"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42704"));
        assertThat(query("SELECT pg_backend_pid()")).isEqualTo(pid);
        assertThat(breaker.waiting()).isEmpty();
    }

    /** The end of the run finds no connection to abort then, and the statement would go on for as long as it takes. */
    @Test
    void nothingIsBegunOnAConnectionThatIsThereOnlyAfterTheEndOfTheRun() throws Exception {
        session = Sessions.session(Sessions.connections(database), breaker, control, "SELECT pg_sleep(1)");
        var asking = Background.call(() -> query("SELECT pg_sleep(100)"));
        Await.until(
                Duration.ofSeconds(30),
                "the connection is being set up",
                () -> database.query("SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(1)'")
                        .isPresent());
        control.stop();
        session.abort();
        assertThatThrownBy(asking::join).hasRootCauseInstanceOf(RunEndedException.class);
        assertThat(calls).hasValue(0);
    }

    @Test
    void passesOnWhatTheCallThrowsBesides() {
        assertThatThrownBy(() -> session.<Void, IOException>call(connection -> {
                    throw new IOException("disk");
                }))
                .isInstanceOf(IOException.class);
        assertThat(breaker.tryTurn()).isTrue();
    }

    @Test
    void answerThatConcernsEverythingEndsTheRun() {
        assertThatThrownBy(() -> query("SELECT * FROM no_such_table"))
                .isInstanceOf(RunAborted.class)
                .hasMessageContaining("no_such_table")
                .hasMessageContaining("42P01");
        session = Sessions.session(Sessions.connections(database, "postgres", "wrong"), breaker, control);
        assertThatThrownBy(() -> query("SELECT 1"))
                .isInstanceOf(RunAborted.class)
                .hasMessageNotContaining("wrong");
        assertThat(breaker.tryTurn()).as("a turn was given back").isTrue();
    }

    @Test
    void givesUpWhatFailsWhileOthersSucceed() {
        assertThatThrownBy(() -> session.call(connection -> {
                    calls.incrementAndGet();
                    breaker.succeeded();
                    throw new SQLException("could not open file", "58P01");
                }))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("while the server was there")
                .hasMessageContaining("could not open file (SQLSTATE 58P01)");
        assertThat(calls).hasValue(8);
    }

    /** 53200, as where one object is larger than the server has memory for, and nothing else is under way. */
    @Test
    void givesUpWhatOnlyFailsForCertainObjectsAlsoWhenItIsAlone() {
        assertThatThrownBy(() -> session.callAboutObjects(connection -> {
                    calls.incrementAndGet();
                    throw new SQLException("out of memory", "53200");
                }))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("8 times while the server was there")
                .hasMessageContaining("out of memory (SQLSTATE 53200)");
        assertThat(calls).hasValue(1 + 8);
        assertThat(breaker.tryTurn()).as("no session waits").isTrue();
        assertThat(control.ended()).isFalse();
    }

    /** The same for a call without which nothing goes on. */
    @Test
    void waitsForMemoryWhereTheCallIsNotAboutCertainObjects() throws Exception {
        String answer = session.call(connection -> {
            if (calls.incrementAndGet() <= 4) {
                throw new SQLException("out of memory", "53200");
            }
            assertThat(breaker.tryTurn()).as("others wait too").isFalse();
            return first(connection, "SELECT 'done'");
        });
        assertThat(answer).isEqualTo("done");
    }

    /** 53300, as when other applications have taken all connections. */
    @Test
    void connectionThatIsNotToBeHadIsWaitedForHoweverManyOthersSucceed() throws Exception {
        String role = Sessions.createRole(database);
        database.execute("ALTER ROLE " + role + " CONNECTION LIMIT 1");
        PgConnections limited = Sessions.connections(database, role, role);
        session = Sessions.session(limited, breaker, control);
        final CompletableFuture<String> asking;
        try (Connection other = limited.open("other")) {
            assertThat(other.isValid(10)).isTrue();
            asking = Background.call(() -> query("SELECT 'done'"));
            Await.stays(Duration.ofSeconds(3), "no connection is to be had", () -> {
                breaker.succeeded();
                return !asking.isDone();
            });
            assertThat(control.ended()).isFalse();
        }
        breaker.succeeded();
        assertThat(asking.join()).isEqualTo("done");
    }

    /** Failed over, and the new server is not writable yet. */
    @Test
    void serverThatIsReadOnlyOrFullIsWaitedForHoweverManyOthersSucceed() throws Exception {
        for (String state : List.of("25006", "53100")) {
            calls.set(0);
            String answer = session.call(connection -> {
                breaker.succeeded();
                if (calls.incrementAndGet() <= 9) {
                    throw new SQLException("cannot write", state);
                }
                return first(connection, "SELECT 'done'");
            });
            assertThat(answer).isEqualTo("done");
        }
        assertThat(control.ended()).isFalse();
    }

    @Test
    void waitForTheServerEndsTheRunWhenItOutlastsTheTimeoutThoughOthersSucceed() {
        var impatient = new Breaker("PostgreSQL", Duration.ofMillis(200), control);
        session = Sessions.session(Sessions.connections(database), impatient, control);
        assertThatThrownBy(() -> session.call(connection -> {
                    impatient.succeeded();
                    throw new SQLException("cannot write", "25006");
                }))
                .isInstanceOf(RunEndedException.class);
        assertThat(control.abortReason()).hasValueSatisfying(reason -> {
            assertThat(reason.kind()).isEqualTo(RunAborted.Kind.OUTAGE);
            assertThat(reason).hasMessageContaining("PostgreSQL was away").hasMessageContaining("25006");
        });
    }

    /** Such as a giant's COPY after a restart of the server, which takes longer than an outage may. */
    @Test
    void callWhoseAnswerHasBegunHoldsUpNobodyAndEndsNoRun() throws Exception {
        var impatient = new Breaker("PostgreSQL", Duration.ofSeconds(2), control);
        session = Sessions.session(Sessions.connections(database), impatient, control);
        var begun = new CountDownLatch(1);
        var rest = new CountDownLatch(1);
        var streaming = Background.call(() -> session.call(connection -> {
            if (calls.incrementAndGet() == 1) {
                throw new SQLException("terminating connection", "57P01");
            }
            String answer = first(connection, "SELECT 'first'");
            session.answers();
            begun.countDown();
            assertThat(rest.await(60, TimeUnit.SECONDS)).isTrue();
            return answer;
        }));
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        try (PgSession other = Sessions.session(Sessions.connections(database), impatient, control)) {
            assertThat(other.<String, SQLException>call(connection -> first(connection, "SELECT 'other'")))
                    .isEqualTo("other");
        }
        assertThat(streaming).isNotDone();
        assertThat(control.ended()).isFalse();
        rest.countDown();
        assertThat(streaming.join()).isEqualTo("first");
    }

    @Test
    void faultOfOneCallMakesNobodyWaitAndIsGivenUpAlsoWhenItIsAlone() throws Exception {
        String pid = query("SELECT pg_backend_pid()");
        query("SELECT set_config('statement_timeout', '10ms', false)");
        assertThatThrownBy(() -> session.call(connection -> {
                    calls.incrementAndGet();
                    assertThat(breaker.tryTurn()).isTrue();
                    return first(connection, "SELECT pg_sleep(10)");
                }))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("statement timeout");
        assertThat(breaker.waiting()).isEmpty();
        assertThat(query("SELECT pg_backend_pid()")).as("same connection").isEqualTo(pid);
    }

    @Test
    void waitsForAServerThatIsAwayUntilTheRunEnds() throws Exception {
        int port;
        try (var unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = unused.getLocalPort();
        }
        var nowhere = new PgConnections(new PostgresConfig(
                "jdbc:postgresql://127.0.0.1:" + port + "/db", Map.of("user", "u", "password", "p"), "test"));
        session = Sessions.session(nowhere, breaker, control);
        var asking = Background.call(() -> query("SELECT 1"));
        Await.stays(Duration.ofMillis(500), "no server answers", () -> !asking.isDone());
        control.stop();
        assertThatThrownBy(asking::join).hasCauseInstanceOf(RunEndedException.class);
    }
}
