package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import ch.tocco.lomigrate.testkit.wire.HeldPut;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Shards of one table as processes of their own, at the same time: together they do what one run does. */
@ExtendWith(Backends.class)
@Timeout(300)
@Tag("slow")
final class ShardsIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int SHARDS = 3;

    @TempDir
    private Path temp;

    /** Where it is recorded that a row is done, and the flags that say so. */
    enum State {
        HASH_COLUMN(""),
        OTHER_COLUMN("--table f --oid t.o --object-key {id} --set url=:key --state column:t.url"),
        TABLE("--table f --oid t.o --object-key {id} --state table");

        private final String flags;

        State(String flags) {
            this.flags = flags;
        }
    }

    private List<String> flags(State state, String... more) {
        List<String> flags = new ArrayList<>(List.of("--spill-dir", temp.toString()));
        Stream.of(state.flags.split(" ")).filter(flag -> !flag.isEmpty()).forEach(flags::add);
        flags.addAll(List.of(more));
        return flags;
    }

    /** Twelve regions of oids with two objects each, so that each shard has some. */
    private static void fillOtherTable(SourceDatabase database) throws Exception {
        database.execute("CREATE TABLE f (id int PRIMARY KEY, o oid, url text);"
                + " INSERT INTO f SELECT g, lo_from_bytea((100000000 + g / 2 * 4096 + g % 2)::oid,"
                + " convert_to('object ' || g, 'UTF8')) FROM generate_series(0, 23) g");
    }

    /** The column, or the state's tables, are missing at the start: they are made once. */
    @ParameterizedTest
    @EnumSource(names = {"HASH_COLUMN", "TABLE"})
    void shardsTogetherMigrateEachRowOnce(State state, S3Server s3, SourceDatabase unused) throws Exception {
        SourceDatabase database = SourceDatabase.createWithoutSha2(unused.server());
        database.fill(30, 1, seed -> 100, "text/plain");
        MigrationCheck check = MigrationCheck.before(database);
        fillOtherTable(database);
        String bucket = s3.createBucket();
        List<Process> shards = new ArrayList<>();
        for (int i = 1; i <= SHARDS; i++) {
            shards.add(Cli.migrating(database, s3, bucket)
                    .arguments(flags(state, "--shard", i + "/" + SHARDS))
                    .start(
                            temp.resolve(i + ".out").toFile(),
                            temp.resolve(i + ".err").toFile()));
        }
        long listed = 0;
        for (int i = 1; i <= SHARDS; i++) {
            Process shard = shards.get(i - 1);
            String said = Files.readString(ended(shard, i)) + Files.readString(temp.resolve(i + ".err"));
            assertThat(shard.exitValue()).as(said).isZero();
            assertThat(said).contains("all rows of shard " + i + "/" + SHARDS + " are migrated");
            listed += Long.parseLong(said.replaceAll("(?s).*?(\\d+) of \\d+ rows were pending.*", "$1"));
        }
        try (var inspector = s3.inspect(bucket)) {
            if (state == State.HASH_COLUMN) {
                assertThat(listed).isEqualTo(30);
                assertThat(check.problems(inspector)).isEmpty();
            } else {
                assertThat(listed).isEqualTo(24);
                assertThat(inspector.keys()).hasSize(24);
                assertThat(database.query("SELECT count(*) || ' ' || count(DISTINCT key_id) FROM lo_migrate.object_1"))
                        .contains("24 24");
                assertThat(database.query("SELECT count(*)::text FROM lo_migrate.source"))
                        .contains("1");
            }
        }
        Cli.Result last = Cli.migrating(database, s3, bucket)
                .arguments(flags(state))
                .inThisJvm()
                .run(LIMIT);
        assertThat(last.exitCode()).as(last.toString()).isZero();
    }

    private Path ended(Process process, int number) throws InterruptedException {
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return temp.resolve(number + ".out");
    }

    /** As where a pod is started a second time and somebody has switched the lock off: the same rows, the same objects. */
    @ParameterizedTest
    @EnumSource
    void twoProcessesOfOneShardDoNoHarm(State state, SourceDatabase database) throws Exception {
        database.fill(10, 1, seed -> 100, "text/plain");
        fillOtherTable(database);
        String done = switch (state) {
            case HASH_COLUMN -> "SELECT count(*)::text FROM _nice_binary WHERE sha2 IS NOT NULL";
            case OTHER_COLUMN -> "SELECT count(url)::text FROM f";
            case TABLE -> "SELECT count(*)::text FROM lo_migrate.object_1";
        };
        String all = state == State.HASH_COLUMN ? "10" : "24";
        var held = new HeldPut();
        try (var store = ScriptedS3.start(held)) {
            List<String> flags = flags(state, "--shard", "1/1", "--no-lock", "--overwrite");
            if (state == State.HASH_COLUMN) {
                flags.remove("--overwrite");
            }
            Process first = Cli.migrating(database, store, "nice-bin")
                    .arguments(flags)
                    .start(temp.resolve("out").toFile(), temp.resolve("err").toFile());
            try {
                Await.until(LIMIT, "the first one's PUT, or its end", () -> held.arrived() || !first.isAlive());
                Cli.Result second = Cli.migrating(database, store, "nice-bin")
                        .arguments(flags)
                        .inThisJvm()
                        .run(LIMIT);
                assertThat(second.exitCode()).as(second.toString()).isZero();
                assertThat(database.query(done)).contains(all);
                assertThat(first.isAlive()).isTrue();
                held.release();
                assertThat(first.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(first.exitValue())
                        .as(Files.readString(temp.resolve("err")))
                        .isZero();
            } finally {
                held.release();
                first.destroyForcibly();
            }
        }
        assertThat(database.query(done)).contains(all);
    }

    @Test
    void shardSaysWhoIsInItsWay(SourceDatabase database) throws Exception {
        database.fill(10, 1, seed -> 100, "text/plain");
        var held = new HeldPut();
        try (var store = ScriptedS3.start(held)) {
            Process first = Cli.migrating(database, store, "nice-bin")
                    .arguments(flags(State.HASH_COLUMN, "--shard=1/1"))
                    .start(temp.resolve("out").toFile(), temp.resolve("err").toFile());
            try {
                Await.until(LIMIT, "the first one's PUT, or its end", () -> held.arrived() || !first.isAlive());
                Cli.Result whole = Cli.migrating(database, store, "nice-bin")
                        .arguments(flags(State.HASH_COLUMN))
                        .inThisJvm()
                        .run(LIMIT);
                assertThat(whole.exitCode()).as(whole.toString()).isEqualTo(3);
                assertThat(whole.stderr())
                        .contains("lo-migrate: 1 shards work on this table (shard 1/1, backend pid ")
                        .contains("process " + first.pid() + " on host ");
                Cli.Result other = Cli.migrating(database, store, "nice-bin")
                        .arguments(flags(State.HASH_COLUMN, "--shard=1/2"))
                        .inThisJvm()
                        .run(LIMIT);
                assertThat(other.exitCode()).as(other.toString()).isEqualTo(3);
                assertThat(other.stderr()).contains("another number of shards works on this table (shard 1/1, ");
            } finally {
                held.release();
                first.destroyForcibly();
            }
        }
    }
}
