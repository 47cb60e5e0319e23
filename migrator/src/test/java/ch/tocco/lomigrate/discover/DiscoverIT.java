package ch.tocco.lomigrate.discover;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code lo-migrate discover} says of a database with every application that is known, and some of the wild, is what
 * the files in {@code resources/discover} say, to the letter. Run with {@code -Dlo.migrate.record=true} this class writes
 * them anew; what differs is for the changelog.
 */
@ExtendWith(Backends.class)
@Timeout(300)
final class DiscoverIT {
    private static final Path RECORDED = Path.of("src/test/resources/discover");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private SourceDatabase database;

    @BeforeEach
    void fill(SourceDatabase fresh) throws SQLException, IOException {
        database = fresh;
        database.execute("DO $$ BEGIN CREATE ROLE discover_objects; EXCEPTION WHEN duplicate_object OR unique_violation"
                + " THEN NULL; END $$");
        database.execute(Files.readString(RECORDED.resolve("applications.sql")));
    }

    private Cli.Result discover(String... flags) throws IOException, InterruptedException {
        return cli(flags).inThisJvm().run(LIMIT);
    }

    private Cli cli(String... flags) {
        return new Cli()
                .environment("LO_MIGRATE_PG_URL", database.url())
                .arguments(List.of("discover"))
                .arguments(List.of(flags));
    }

    /** Without what differs from server to server. */
    private String plain(String report) throws SQLException {
        return report.replace(database.name(), "DATABASE")
                .replace(database.server().version(), "VERSION")
                .replaceAll("(?s)^.*?\\n\\n(?=Database )", "");
    }

    private static void assertRecorded(String name, String text) throws IOException {
        Path file = RECORDED.resolve(name);
        if (Boolean.getBoolean("lo.migrate.record")) {
            Files.writeString(file, text);
        }
        assertThat(text).isEqualTo(Files.readString(file));
    }

    @Test
    void tellsPeopleAllThatThereIs() throws Exception {
        var result = discover();

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertRecorded("applications.txt", plain(result.stdout()));
    }

    @Test
    void tellsProgramsTheSameWithNothingElseOnStandardOutput() throws Exception {
        var result = cli("--json").run(LIMIT); // a process: whatever else writes to standard output is seen

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(result.stdout()).startsWith("{").endsWith("}\n");
        assertRecorded("applications.json", plain(result.stdout()));
    }

    @Test
    void writesAnArgumentFileForEachSource(@TempDir Path directory) throws Exception {
        Path profiles = directory.resolve("new/profiles");

        var result = discover("--write-profiles", profiles.toString());

        assertThat(result.exitCode()).as(result.toString()).isZero();
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(profiles)) {
            for (Path file : files.sorted().toList()) {
                all.append("== ").append(file.getFileName()).append('\n').append(Files.readString(file));
                assertThat(result.stdout()).contains("profile: " + file);
            }
        }
        assertRecorded("profiles.txt", all.toString());
    }

    /** Each source that is found can be migrated as it is written; orphans and what is commented out stay behind. */
    @Test
    @Tag("slow")
    void filesThatItWritesAreSourcesOfARun(S3Server s3, @TempDir Path directory) throws Exception {
        assertThat(discover("--write-profiles", directory.toString()).exitCode())
                .isZero();
        List<String> arguments = new ArrayList<>(List.of("--spill-dir", directory.toString()));
        try (Stream<Path> files = Files.list(directory)) {
            files.sorted().map(file -> "@" + file).forEach(arguments::add);
        }
        database.execute("DROP SCHEMA lo_migrate CASCADE"); // which is there to be left out
        String bucket = s3.createBucket();
        var result = Cli.migrating(database, s3, bucket).arguments(arguments).run(Duration.ofMinutes(5));

        assertThat(result.exitCode()).as(result.toString()).isLessThan(2);
        assertThat(result.toString()).doesNotContain("checks failed").doesNotContain(": not begun");
        Set<String> missing = new TreeSet<>();
        try (var inspector = s3.inspect(bucket)) {
            List<String> keys = inspector.keys();
            try (var connection = database.connect();
                    var statement = connection.createStatement();
                    var objects = statement.executeQuery("SELECT encode(sha256(lo_get(oid)), 'hex'),"
                            + " convert_from(lo_get(oid), 'UTF8') FROM pg_largeobject_metadata")) {
                while (objects.next()) {
                    if (!keys.contains(objects.getString(1))) {
                        missing.add(objects.getString(2));
                    }
                }
            }
        }
        assertThat(missing)
                .as("orphans; those in arrays and rows; those of tables without a key or with a name of two lines")
                .isEqualTo(
                        Set.of("orphan", "orphan 2", "by chance", "a", "b", "c", "forged", "half", "more", "number"));
    }

    @Test
    void leavesFilesThatAreThereAsTheyAre(@TempDir Path directory) throws Exception {
        Path mine = directory.resolve("cms.fsobjects.loid.profile");
        Files.writeString(mine, "mine");

        var result = discover("--write-profiles", directory.toString());

        assertThat(result.exitCode()).isZero();
        assertThat(mine).hasContent("mine");
        assertThat(result.stderr()).contains(mine + " is there already and was left as it is");
    }

    @Test
    void changesNothing() throws Exception {
        String before = contents();

        discover("--exact");

        assertThat(contents()).isEqualTo(before);
    }

    /** The transaction ids of all rows and objects. */
    private String contents() throws SQLException {
        return database.query(
                        "SELECT (SELECT string_agg(xmin::text || oid, ',' ORDER BY oid) FROM pg_largeobject_metadata)"
                                + " || (SELECT string_agg(xmin::text || oid, ',' ORDER BY oid) FROM pg_class)"
                                + " || (SELECT string_agg(xmin::text || data, ',' ORDER BY data) FROM _nice_binary)")
                .orElseThrow();
    }
}
