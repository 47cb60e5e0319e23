package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.wire.HeldPut;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What {@code lo-migrate status} says before, during and after runs, for both kinds of state. */
@ExtendWith(Backends.class)
@Timeout(240)
@Tag("slow")
final class StatusIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Objects in twelve regions, so that each of two shards has half of them; one of them is missing. */
    private static final String ROWS = "CREATE TABLE f (id int PRIMARY KEY, o oid);"
            + " INSERT INTO f SELECT g, lo_from_bytea((100000000 + g * 4096)::oid, convert_to('object ' || g, 'UTF8'))"
            + " FROM generate_series(0, 11) g; SELECT lo_unlink(100000000 + 4096)";

    private static final List<String> SOURCE = List.of("--table", "f", "--oid", "t.o", "--state", "table");

    @TempDir
    private Path temp;

    private static Cli.Result status(SourceDatabase database, List<String> source, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("status"));
        arguments.addAll(source);
        arguments.addAll(List.of(more));
        return new Cli()
                .environment("LO_MIGRATE_PG_URL", database.url())
                .arguments(arguments)
                .inThisJvm()
                .run(LIMIT);
    }

    private Cli migrate(SourceDatabase database, ScriptedS3 store, String... more) {
        List<String> flags = new ArrayList<>(SOURCE);
        flags.addAll(List.of("--object-key", "{id}", "--overwrite", "--spill-dir", temp.toString()));
        flags.addAll(List.of(more));
        return Cli.migrating(database, store, "nice-bin").arguments(flags);
    }

    @Test
    void columnTellsRowsAndWhoIsAtWork(SourceDatabase database) throws Exception {
        database.fill(10, 1, seed -> 100, "text/plain");
        database.execute("UPDATE _nice_binary SET sha2 = repeat('0', 64) WHERE hash IN"
                + " (SELECT hash FROM _nice_binary LIMIT 4)");
        Cli.Result idle = status(database, List.of());
        assertThat(idle.exitCode()).as(idle.toString()).isZero();
        assertThat(idle.stdout())
                .containsPattern("rows +10\n")
                .containsPattern("stored +4 +40[.]0 %\n")
                .containsPattern("pending +6\n")
                .containsPattern("failed +not recorded\n")
                .containsPattern("at work +nothing\n");

        var held = new HeldPut();
        try (var store = ScriptedS3.start(held)) {
            Process run = Cli.migrating(database, store, "nice-bin")
                    .arguments(List.of("--spill-dir", temp.toString()))
                    .start(temp.resolve("out").toFile(), temp.resolve("err").toFile());
            try {
                Await.until(LIMIT, "the run's PUT, or its end", () -> held.arrived() || !run.isAlive());
                assertThat(status(database, List.of()).stdout())
                        .as(Files.readString(temp.resolve("err")))
                        .containsPattern("at work +a run over all rows\n    all rows, process " + run.pid() + " on ")
                        .containsPattern("rate +not recorded\n")
                        .containsPattern("ETA +unknown\n");
            } finally {
                held.release();
                run.destroyForcibly();
            }
        }
    }

    @Test
    void tableTellsShardsRatesAndFailures(SourceDatabase database) throws Exception {
        database.execute(ROWS);
        Cli.Result nothing = status(database, SOURCE);
        assertThat(nothing.exitCode()).as(nothing.toString()).isEqualTo(3);
        assertThat(nothing.stderr()).contains("no run has begun yet");

        var held = new HeldPut();
        try (var store = ScriptedS3.start(held)) {
            Process first = migrate(database, store, "--shard", "1/2")
                    .start(temp.resolve("out").toFile(), temp.resolve("err").toFile());
            try {
                Await.until(LIMIT, "the shard's PUT, or its end", () -> held.arrived() || !first.isAlive());
                assertThat(status(database, SOURCE).stdout())
                        .as(Files.readString(temp.resolve("err")))
                        .containsPattern("at work +1 of 2 shards\n    shard 1/2, \\d+ pending, process " + first.pid()
                                + " on .*/s, \\d+ done, 0 failed, heartbeat \\d+ s ago")
                        .containsPattern("pending rows by shard: 1: \\d+, 2: \\d+\n");
                Cli.Result json = status(database, SOURCE, "--json");
                assertThat(json.stdout())
                        .startsWith("[{\"database\":")
                        .contains("\"rows\":12,", "\"shards\":2,", "\"pid\":" + first.pid() + ",", "\"locked\":true");
                held.release();
                assertThat(first.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } finally {
                held.release();
                first.destroyForcibly();
            }
            Cli.Result second =
                    migrate(database, store, "--shard", "2/2").inThisJvm().run(LIMIT);
            assertThat(List.of(first.exitValue(), second.exitCode()))
                    .as(second + Files.readString(temp.resolve("err")))
                    .containsExactlyInAnyOrder(0, 1);
            assertThat(status(database, SOURCE).stdout())
                    .containsPattern("stored +11 ")
                    .containsPattern("failed +1  MISSING 1\n")
                    .containsPattern("rate +0/s\n")
                    .containsPattern("at work +nothing\n");
            assertThat(
                            database.query(
                                    "SELECT string_agg(concat_ws(' ', shard, shards, outcome, committed, failed), ', '"
                                            + " ORDER BY shard) FROM lo_migrate.run WHERE ended IS NOT NULL AND heartbeat = ended"))
                    .isIn(
                            java.util.Optional.of("1 2 OBJECTS_FAILED 5 1, 2 2 ALL_MIGRATED 6 0"),
                            java.util.Optional.of("1 2 ALL_MIGRATED 6 0, 2 2 OBJECTS_FAILED 5 1"));

            database.execute("SELECT lo_from_bytea((100000000 + 4096)::oid, 'now')");
            Cli.Result last = migrate(database, store).inThisJvm().run(LIMIT);
            assertThat(last.exitCode()).as(last.toString()).isZero();
            assertThat(status(database, SOURCE).stdout())
                    .containsPattern("stored +12 +100[.]0 %")
                    .containsPattern("failed +0\n");
        }
    }
}
