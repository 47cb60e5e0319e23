package ch.tocco.lomigrate.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ch.tocco.lomigrate.testkit.Backends;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.SourceDatabase;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pooler is told by the backends that two connections of one client meet. */
@ExtendWith(Backends.class)
@Timeout(60)
final class PoolerCheckIT {
    @ParameterizedTest(name = "{0} backends, each in turn: {1}")
    @CsvSource({"1, false", "2, false", "5, false", "2, true", "5, true"})
    void poolerThatGivesEachTransactionABackendIsTold(int backends, boolean inTurn, SourceDatabase database)
            throws Exception {
        try (var pooler = new Pooler(database, backends, inTurn)) {
            assertThat(PoolerCheck.shareBackends(pooler.client(), pooler.client()))
                    .isTrue();
        }
    }

    /** As with PgBouncer in session mode, which is as good as none. */
    @Test
    void serverItselfIsNotRefused(SourceDatabase database) {
        assertThatCode(() -> PoolerCheck.check(Sessions.connections(database), Duration.ofSeconds(10)))
                .doesNotThrowAnyException();
    }

    @Test
    void whatIsAskedIsNotPreparedOnTheBackend(SourceDatabase database) throws Exception {
        try (Connection asking = Sessions.connections(database).openSimple("test", Duration.ZERO);
                Connection other = Sessions.connections(database).openSimple("test", Duration.ZERO)) {
            assertThat(PoolerCheck.shareBackends(asking, other)).isFalse();
            for (Connection each : new Connection[] {asking, other}) {
                try (var statement = each.createStatement();
                        var row = statement.executeQuery("SELECT count(*) FROM pg_prepared_statements")) {
                    row.next();
                    assertThat(row.getInt(1)).isZero();
                }
            }
        }
    }

    /**
     * Has a few backends. A client gets one for a transaction: the one that became free last, which is what PgBouncer
     * does, or each in turn.
     */
    private static final class Pooler implements AutoCloseable {
        private final Deque<Connection> free = new ArrayDeque<>();
        private final boolean inTurn;

        Pooler(SourceDatabase database, int backends, boolean inTurn) throws SQLException {
            this.inTurn = inTurn;
            for (int i = 0; i < backends; i++) {
                free.add(database.connect());
            }
        }

        Connection client() {
            var client = new Client();
            return (Connection) Proxy.newProxyInstance(
                    Pooler.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (self, method, arguments) -> client.call(method, arguments));
        }

        @Override
        public void close() throws SQLException {
            for (Connection backend : free) {
                backend.close();
            }
        }

        /** One client's connection. */
        private final class Client {
            private boolean inTransaction;
            private Connection held;

            Object call(Method method, Object... arguments) throws SQLException {
                return switch (method.getName()) {
                    case "setAutoCommit" -> {
                        inTransaction = !(boolean) arguments[0];
                        yield null;
                    }
                    case "createStatement" -> backend().createStatement();
                    default -> throw new UnsupportedOperationException(method.getName());
                };
            }

            private Connection backend() {
                if (held != null) {
                    return held;
                }
                Connection backend = free.removeFirst();
                if (inTransaction) {
                    held = backend;
                } else if (inTurn) {
                    free.addLast(backend);
                } else {
                    free.addFirst(backend);
                }
                return backend;
            }
        }
    }
}
