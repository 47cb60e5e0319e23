package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import ch.tocco.lomigrate.testkit.wire.FaultProxy;
import ch.tocco.lomigrate.testkit.wire.FaultProxy.Weather;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Values of 72 MB in the rows, one stored as it is and one compressed, that an application replaces while a tool with less
 * memory than one of them is in the middle of both.
 */
@ExtendWith(Backends.class)
@Timeout(300)
final class BigValuesIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int MEGABYTES = 72;

    /** Each line of a value says which value it is, so that no mixture of two has the hash of either. */
    private static String value(String word) {
        return "convert_to(repeat(rpad('" + word + "', 63) || E'\\n', " + MEGABYTES + " * 16384), 'UTF8')";
    }

    @Test
    void valueThatIsReplacedInMidReadIsStoredWhole(SourceDatabase database, S3Server s3, @TempDir Path temp)
            throws Exception {
        database.execute("CREATE TABLE f (id int PRIMARY KEY, c bytea); ALTER TABLE f ALTER c SET STORAGE EXTERNAL;"
                + " INSERT INTO f VALUES (1, " + value("one") + "); ALTER TABLE f ALTER c SET STORAGE EXTENDED;"
                + " INSERT INTO f VALUES (2, " + value("two") + ")");
        assertThat(database.query("SELECT string_agg((pg_column_size(c) < octet_length(c))::text, ' ' ORDER BY id)"
                        + " FROM f WHERE octet_length(c) = " + (MEGABYTES << 20)))
                .as("compressed")
                .contains("false true");
        Map<String, String> before = hashes(database);
        String bucket = s3.createBucket();
        Path spill = Files.createDirectory(temp.resolve("spill"));
        try (var inspector = s3.inspect(bucket);
                var proxy = FaultProxy.to(
                        database.server().host(), database.server().port())) {
            Cli cli = Cli.migrating(database, s3, bucket)
                    .environment(
                            "LO_MIGRATE_PG_URL",
                            database.url().replace(":" + database.server().port() + "/", ":" + proxy.port() + "/"))
                    .environment("LO_MIGRATE_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xmx68m")
                    .arguments(List.of("--table", "f", "--bytes", "t.c", "--object-key", "{id}/{sha256}"))
                    .arguments(List.of("--memory-budget", "4", "--spill-dir", spill.toString(), "--interval", "1"));
            proxy.weather(Weather.latency(Duration.ofMillis(1)));
            try (var tool = new StartedTool(cli, temp)) {
                Await.until(LIMIT, "both values are read in part", () -> {
                    assertThat(tool.isRunning()).as(tool.output()).isTrue();
                    return inTheMiddle(spill) == 2;
                });
                proxy.weather(Weather.BLACK_HOLE);
                assertThat(inTheMiddle(spill)).as("both are still being read").isEqualTo(2);
                database.execute("UPDATE f SET c = " + value("three") + " WHERE id = 2; UPDATE f SET c = "
                        + value("four") + " WHERE id = 1");
                database.execute("VACUUM f");
                proxy.weather(Weather.FAIR);
                assertThat(tool.end(0))
                        .contains("2 rows that were inserted or changed during the run; the next run takes them")
                        .contains(
                                "--bytes t.c is compressed in 1 of the first 2 rows: PostgreSQL holds such a value as a"
                                        + " whole")
                        .contains("the largest of these rows has " + (MEGABYTES << 20) + " bytes")
                        .doesNotContain("OutOfMemory");
            }
            Map<String, String> stored = new TreeMap<>();
            for (String key : inspector.keys()) {
                stored.put(key, inspector.read(key).sha256());
            }
            assertThat(stored).as("what was there when the reads began").isEqualTo(before);
            assertThat(hashes(database)).doesNotContainKeys(before.keySet().toArray(String[]::new));
            assertThat(database.query("SELECT count(*) FROM lo_migrate.object_1"))
                    .as("rows that are done, though they have other content now")
                    .contains("0");
        }
    }

    /** What the database has, hashed by it, by the keys that the objects should get. */
    private static Map<String, String> hashes(SourceDatabase database) throws Exception {
        Map<String, String> hashes = new TreeMap<>();
        for (int id = 1; id <= 2; id++) {
            String sha256 = database.query("SELECT encode(sha256(c), 'hex') FROM f WHERE id = " + id)
                    .orElseThrow();
            hashes.put(id + "/" + sha256, sha256);
        }
        return hashes;
    }

    /** How many spill files hold a part of their value. */
    private static long inTheMiddle(Path spill) throws IOException {
        try (Stream<Path> files = Files.walk(spill)) {
            return files.filter(file -> {
                        long size = file.toFile().length();
                        return Files.isRegularFile(file) && size > 1 << 20 && size < (MEGABYTES - 2L) << 20;
                    })
                    .count();
        }
    }
}
