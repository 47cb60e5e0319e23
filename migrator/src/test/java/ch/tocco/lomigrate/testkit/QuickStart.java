package ch.tocco.lomigrate.testkit;

import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.TestServers;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Options with which the tool's JVM takes a third less processor time in a run as short as those of tests: its classes
 * come from an archive, and nothing is compiled a second time. The archive is written by a first small migration, into
 * the directory that {@value #DIRECTORY_PROPERTY} names, once per build of the tool; without that property, so in
 * benchmarks and in the demo, the tool runs as it is shipped.
 */
final class QuickStart {
    static final String DIRECTORY_PROPERTY = "lo.migrate.test.archive";

    private static final String COMPILER = "-XX:TieredStopAtLevel=1";

    /** Of an archive that does not fit, say of another Java, nothing is to be heard: the JVM does without. */
    private static final String QUIET = "-Xlog:cds=off -Xlog:cds+dynamic=off";

    private static final int LIMIT_MINUTES = 10;

    private QuickStart() {}

    /** The options, separated by blanks; empty if the tool is to run as it is shipped. */
    static String options() {
        return Made.OPTIONS;
    }

    private static String make() {
        String directory = System.getProperty(DIRECTORY_PROPERTY, "");
        Path launcher = Path.of(System.getProperty(Cli.LAUNCHER_PROPERTY, ""));
        if (directory.isEmpty() || !Files.isExecutable(launcher)) {
            return "";
        }
        try {
            Path archive = archive(Files.createDirectories(Path.of(directory)), launcher);
            return COMPILER + " " + QUIET + " -XX:SharedArchiveFile=" + archive;
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("no archive of the tool's classes", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** Test JVMs that run side by side wait for the one that came first. */
    private static Path archive(Path directory, Path launcher) throws IOException, SQLException, InterruptedException {
        Path jar = launcher.resolveSibling("../lib/lo-migrate.jar");
        String build = Long.toString(Files.getLastModifiedTime(jar).toMillis(), Character.MAX_RADIX);
        Path archive = directory.resolve("classes-" + build + ".jsa");
        try (var channel = FileChannel.open(
                        directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            if (lock.isValid() && Files.notExists(archive)) {
                write(archive, launcher);
            }
        }
        return archive;
    }

    private static void write(Path archive, Path launcher) throws IOException, SQLException, InterruptedException {
        Path own = archive.resolveSibling("writing.jsa");
        Files.deleteIfExists(own);
        Path spill = Files.createTempDirectory("lo-migrate-");
        File output = Files.createTempFile("lo-migrate-", ".log").toFile();
        var servers = TestServers.shared();
        var database = SourceDatabase.create(servers.postgres());
        database.fill(20, 1, seed -> 2000, "image/png");
        database.insertGenerated(100, (5 << 20) + 1, "video/mp4");
        var s3 = servers.s3();
        var builder = new ProcessBuilder(launcher.toString(), "--bucket", s3.createBucket())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(output);
        Cli.clean(builder.environment());
        builder.command().addAll(List.of("--s3-url", s3.endpoint().toString()));
        builder.command().addAll(List.of("--upload-chunk-size", "5120", "--multipart-threshold", "0"));
        builder.command().addAll(List.of("--spill-dir", spill.toString()));
        builder.environment().put("LO_MIGRATE_PG_URL", database.url());
        builder.environment().put("LO_MIGRATE_ACCESS_KEY", s3.accessKey());
        builder.environment().put("LO_MIGRATE_SECRET_KEY", s3.secretKey());
        builder.environment().put("LO_MIGRATE_JAVA_OPTS", COMPILER + " " + QUIET + " -XX:ArchiveClassesAtExit=" + own);
        var process = builder.start();
        try {
            boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
            if (!ended || process.exitValue() != 0 || Files.notExists(own)) {
                throw new IOException("the tool did not write " + own + ":\n" + Files.readString(output.toPath()));
            }
        } finally {
            process.destroyForcibly();
        }
        Files.move(own, archive, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(spill);
        Files.delete(output.toPath());
    }

    private static final class Made {
        static final String OPTIONS = make();
    }
}
