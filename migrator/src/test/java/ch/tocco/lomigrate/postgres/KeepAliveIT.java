package ch.tocco.lomigrate.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.wire.FaultProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the kernel does about a connection on which a statement takes as long as it likes. */
@ExtendWith(Backends.class)
@Timeout(60)
final class KeepAliveIT {
    private static final String KEEPALIVE_TIMER = "02";
    private static final String ESTABLISHED = "01";
    private static final int TICKS_PER_SECOND = 100;

    @Test
    void silentConnectionIsProbedWithinAMinute(SourceDatabase database) throws Exception {
        var server = database.server();
        // a port that no other connection of this machine goes to
        try (FaultProxy proxy = FaultProxy.to(server.host(), server.port());
                Connection connection = new PgConnections(new PostgresConfig(
                                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + database.name(),
                                Map.of("user", server.user(), "password", server.password()),
                                "test"))
                        .open("finalize")) {
            assertThat(connection.isValid(10)).isTrue();
            assertThat(connection.getNetworkTimeout())
                    .as("statements may take any time")
                    .isZero();
            List<Long> seconds = secondsUntilProbe(proxy.port());
            assertThat(seconds).hasSize(1);
            assertThat(seconds.get(0)).isLessThanOrEqualTo(KeepAliveSockets.IDLE_SECONDS);
        }
    }

    /** Of each open connection to this port: how soon its keepalive timer expires. */
    private static List<Long> secondsUntilProbe(int port) throws Exception {
        // by the connection's own end: the kernel shows a line twice where others come and go meanwhile
        Map<String, Long> found = new HashMap<>();
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.strip().split("\\s+", -1);
                String[] timer = fields[5].split(":", -1);
                if (fields[2].endsWith(String.format(Locale.ROOT, ":%04X", port))
                        && fields[3].equals(ESTABLISHED)
                        && timer[0].equals(KEEPALIVE_TIMER)) {
                    found.put(fields[1], Long.parseLong(timer[1], 16) / TICKS_PER_SECOND);
                }
            }
        }
        return List.copyOf(found.values());
    }
}
