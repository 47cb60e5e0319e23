package ch.tocco.lomigrate.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.testkit.wire.RawServer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A login to a server that accepts and is silent ends when it is to end, whatever it waits for. */
@Timeout(60)
final class LoginTest {
    private static PgConnections to(RawServer server, String silence) {
        return new PgConnections(new PostgresConfig(
                "jdbc:postgresql://127.0.0.1:" + server.port() + "/db",
                Map.of("user", "joe", "sslmode", "disable", "socketTimeout", silence),
                "test"));
    }

    @Test
    void isBrokenOffWhenTheRunEnds() throws Exception {
        var control = new RunControl();
        try (var silent = silent(control::stop)) {
            long begun = System.nanoTime();
            assertThatThrownBy(() -> to(silent, "20").open("test", Duration.ZERO, control))
                    .isInstanceOf(SQLException.class);
            // far below the time after which the server counts as away
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
        }
    }

    @Test
    void isNotWaitedForWhenTheRunHasEnded() throws Exception {
        var control = new RunControl();
        control.stop();
        try (var silent = silent(() -> {})) {
            long begun = System.nanoTime();
            assertThatThrownBy(() -> to(silent, "20").open("test", Duration.ZERO, control))
                    .isInstanceOf(SQLException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
        }
    }

    @Test
    void toASilentServerEndsByItself() throws Exception {
        try (var silent = silent(() -> {})) {
            assertThatThrownBy(() -> to(silent, "1").open("test", Duration.ZERO, RunEnd.NEVER))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).startsWith("08"));
        }
    }

    private static RawServer silent(Runnable accepted) throws IOException {
        return RawServer.start((in, out) -> {
            accepted.run();
            while (in.read() >= 0) {
                // says nothing
            }
        });
    }
}
