package ch.tocco.lomigrate.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import ch.tocco.lomigrate.testkit.wire.TransactionPooler;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pooler that gives each transaction a backend is told by the backends that two connections of one client meet. */
@ExtendWith(Backends.class)
@Timeout(120)
@Tag("slow")
final class PoolerCheckIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static PgConnections through(TransactionPooler pooler) {
        return new PgConnections(
                new PostgresConfig("jdbc:postgresql://127.0.0.1:" + pooler.port() + "/x", Map.of("user", "x"), "test"));
    }

    @ParameterizedTest(name = "{0} backends, each in turn: {1}")
    @CsvSource({"1, false", "2, false", "5, false", "2, true", "5, true"}) // which a lone look may miss
    void transactionPoolerIsRefused(int backends, boolean inTurn, SourceDatabase database) throws Exception {
        try (var pooler = new TransactionPooler(database, backends, inTurn)) {
            Finding finding = PoolerCheck.check(through(pooler), PATIENCE, RunEnd.NEVER);
            assertThat(finding.level()).isEqualTo(Finding.Level.FAIL);
            assertThat(finding.message()).contains("transaction pooler", "Connect directly", "session mode");
        }
    }

    /** As with PgBouncer in session mode, which is as good as none. */
    @Test
    void serverItselfIsNotRefused(SourceDatabase database) throws Exception {
        assertThat(PoolerCheck.check(Sessions.connections(database), PATIENCE, RunEnd.NEVER)
                        .level())
                .isEqualTo(Finding.Level.OK);
    }

    /** What a run prepares there, or locks, would be in the way of applications that get the backend next. */
    @Test
    void runThroughATransactionPoolerIsRefusedBeforeItLeavesAnythingOnABackend(SourceDatabase database)
            throws Exception {
        try (var pooler = new TransactionPooler(database, 5, false);
                var store = ScriptedS3.start(request -> null)) {
            String direct = ":" + database.server().port() + "/";
            Cli.Result result = Cli.migrating(database, store, "nice-bin")
                    .inThisJvm()
                    .environment("LO_MIGRATE_PG_URL", database.url().replace(direct, ":" + pooler.port() + "/"))
                    .run(Duration.ofMinutes(1));
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
            assertThat(result.stderr()).contains("lo-migrate: the database is reached through a transaction pooler");
            try (Connection next = through(pooler).openSimple("next", PATIENCE, RunEnd.NEVER);
                    var statement = next.createStatement();
                    var row = statement.executeQuery("SELECT (SELECT count(*) FROM pg_prepared_statements)"
                            + " + (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')")) {
                row.next();
                assertThat(row.getInt(1)).isZero();
            }
        }
    }
}
