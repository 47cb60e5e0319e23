package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code lo-migrate control} steers the packaged tool in the middle of a run. */
@ExtendWith(Backends.class)
@Timeout(300)
@Tag("slow")
final class ControlIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int OBJECTS = 300;

    @TempDir
    private Path temp;

    private SourceDatabase database;

    @BeforeEach
    void fill(SourceDatabase fresh) throws Exception {
        database = fresh;
        database.fill(OBJECTS, 1, seed -> 500, "text/plain");
    }

    private Path runtime() throws IOException {
        return Files.createDirectories(temp.resolve("runtime"));
    }

    private Cli cli(S3Server store, String bucket, String... arguments) throws IOException {
        return Cli.migrating(database, store, bucket)
                .environment("RUNTIME_DIRECTORY", runtime().toString())
                .arguments(List.of("--spill-dir", temp.toString(), "--interval", "1"))
                .arguments(List.of(arguments));
    }

    private Cli.Result control(String... words) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("control"));
        arguments.addAll(List.of(words));
        return new Cli()
                .inThisJvm()
                .environment("RUNTIME_DIRECTORY", runtime().toString())
                .arguments(arguments)
                .run(LIMIT);
    }

    private String done(String... words) throws Exception {
        Cli.Result result = control(words);
        assertThat(result.exitCode()).as(result.toString()).isZero();
        return result.stdout();
    }

    private void refused(int exitCode, String message, String... words) throws Exception {
        Cli.Result result = control(words);
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(exitCode);
        assertThat(result.stderr()).contains(message);
    }

    private int migrated() throws Exception {
        return Integer.parseInt(
                database.query("SELECT count(sha2) FROM _nice_binary").orElseThrow());
    }

    private void awaitMigrated(int least) throws Exception {
        Await.until(LIMIT, least + " rows", () -> migrated() >= least);
    }

    @Test
    void runIsPausedChangedAndResumedWithoutLosingAnything(S3Server s3) throws Exception {
        var check = MigrationCheck.before(database);
        String bucket = s3.createBucket();
        try (var tool = new StartedTool(cli(s3, bucket, "--max-rate", "20"), temp);
                var inspector = s3.inspect(bucket)) {
            awaitMigrated(1);
            done("pause");
            tool.awaitOutput("paused: by lo-migrate control pause of user " + System.getProperty("user.name"));
            tool.awaitOutput(" s: by lo-migrate control pause", 1);
            // what had begun is stored and committed, and no more
            Await.until(LIMIT, "committed", () -> inspector.keys().size() == migrated());
            int paused = migrated();
            assertThat(paused).isBetween(1, OBJECTS - 1);
            Await.stays(Duration.ofSeconds(1), "nothing more", () -> migrated() == paused);
            assertThat(done("status"))
                    .contains("Progress Overview:", "paused since ", " s: by lo-migrate control pause")
                    .containsPattern("--max-rate +20\n");
            assertThat(done("set", "--interval=2")).contains("--interval is 2 now, was 1");
            tool.awaitOutput("updated every: 2s");
            assertThat(done("set", "max-rate=off")).contains("--max-rate is off now, was 20");
            assertThat(done("resume")).contains("goes on");
            String log = tool.end(0);
            assertThat(log)
                    .contains("--max-rate is off now, was 20: lo-migrate control set of user ")
                    .contains("goes on after a pause of ");
            assertThat(check.problems(inspector)).isEmpty();
        }
        refused(3, "no run of this user listens", "status");
    }

    @Test
    void stopEndsTheRunAsASignalDoes() throws Exception {
        try (var store = ScriptedS3.start(request -> null);
                var tool = new StartedTool(cli(store, store.createBucket(), "--max-rate", "20"), temp)) {
            awaitMigrated(1);
            assertThat(done("pause")).contains("paused");
            assertThat(done("stop")).contains("stopping; the run commits what is stored");
            assertThat(tool.end(143)).contains("stopped; the next run continues with what is pending");
            assertThat(migrated()).isBetween(1, OBJECTS - 1);
        }
    }

    @Test
    void settingsCountInTheMiddleOfTheRunAndNonsenseIsRefused() throws Exception {
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        try (var store = ScriptedS3.start(request -> {
                    if (request.operation().equals("PutObject") && !request.isProbe()) {
                        most.accumulateAndGet(now.incrementAndGet(), Math::max);
                        pause();
                        now.decrementAndGet();
                    }
                    return null;
                });
                var tool = new StartedTool(
                        cli(store, store.createBucket(), "--storer-threads", "8", "--max-rate", "20"), temp)) {
            awaitMigrated(1);
            done("pause");
            refused(
                    3,
                    "--storer-threads must be from 1 to 8, which the run was started with",
                    "set",
                    "storer-threads=9");
            refused(3, "--receiver-threads must be from 1 to", "set", "receiver-threads=3");
            refused(
                    3,
                    "--log-level must be one of error, warn, info, debug, trace, not 'wire'",
                    "set",
                    "log-level=wire");
            refused(3, "write FLAG=VALUE with one of --max-rate, --bwlimit, --receiver-threads", "set", "bucket=other");
            refused(2, "after control comes status, pause, resume, stop or set FLAG=VALUE", "explode");
            refused(2, "--all and a process id: give one of them", "--all", "1", "pause");
            assertThat(done("set", "storer-threads=2")).contains("--storer-threads is 2 now, was 8");
            done("set", "receiver-threads=1");
            done("set", "bwlimit=08:00,50M 18:00,off");
            assertThat(done("status")).containsPattern("--bwlimit +08:00,50M 18:00,off\n");
            done("set", "bwlimit=off");
            done("set", "log-level=debug");
            done("set", "max-rate=off");
            Await.until(LIMIT, "none in flight", () -> now.get() == 0);
            most.set(0);
            done("resume");
            String log = tool.end(0);
            assertThat(most.get()).isBetween(1, 2);
            assertThat(log).contains(" DEBUG ").doesNotContain("software.amazon", "http-outgoing", "Authorization");
        }
        assertThat(migrated()).isEqualTo(OBJECTS);
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void oneOfTwoRunsIsNamedOrBothAreAsked() throws Exception {
        Path one = Files.createDirectory(temp.resolve("one"));
        Path two = Files.createDirectory(temp.resolve("two"));
        try (var store = ScriptedS3.start(request -> null);
                var first = new StartedTool(cli(store, store.createBucket(), "--max-rate", "2", "--no-lock"), one);
                var second = new StartedTool(cli(store, store.createBucket(), "--max-rate", "2", "--no-lock"), two)) {
            Await.until(
                    LIMIT,
                    "both listen",
                    () -> control("--all", "status")
                                    .stdout()
                                    .split("Settings that lo-migrate control changes", -1)
                                    .length
                            == 3);
            refused(3, "several runs go on: [", "pause");
            done(Long.toString(first.processId()), "stop");
            first.end(143);
            assertThat(second.isRunning()).isTrue();
            done("--all", "stop");
            second.end(143);
        }
    }

    @Test
    void runWithoutAPlaceForItsSocketGoesOn() throws Exception {
        Path deep = Files.createDirectories(temp.resolve("d".repeat(90)));
        try (var store = ScriptedS3.start(request -> null)) {
            Cli.Result result = Cli.migrating(database, store, store.createBucket())
                    .environment("RUNTIME_DIRECTORY", deep.toString())
                    .environment("LO_MIGRATE_JAVA_OPTS", "-Djava.io.tmpdir=" + deep)
                    .run(LIMIT);
            assertThat(result.exitCode()).as(result.toString()).isZero();
            assertThat(result.stderr())
                    .contains("no control socket, so lo-migrate control cannot reach this run: the path " + deep);
        }
        assertThat(migrated()).isEqualTo(OBJECTS);
    }

    /** Even where the directory was opened to all: the kernel says who asks. */
    @Test
    void anotherUserMayNotSteerTheRunAndRootMay() throws Exception {
        List<String> otherUser = asNobody();
        assumeTrue(!otherUser.isEmpty(), "only root can become another user, by setpriv, here: not shown");
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path open = Files.createDirectory(temp.resolve("open"));
        try (var store = ScriptedS3.start(request -> null);
                var tool = new StartedTool(
                        cli(store, store.createBucket(), "--max-rate", "2")
                                .environment("RUNTIME_DIRECTORY", open.toString()),
                        temp)) {
            Path sockets = open.resolve("control");
            Path socket = sockets.resolve(tool.processId() + ".sock");
            Await.until(LIMIT, "socket", () -> Files.exists(socket));
            assertThat(askAs(otherUser, socket)).contains("Permission denied");
            Files.setPosixFilePermissions(sockets, PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
            assertThat(askAs(otherUser, socket)).contains("refused\nonly user root and root may steer this run");
            tool.awaitOutput("a control request of user nobody was refused: only user root and root may steer");
            assertThat(tool.isRunning()).isTrue();
            assertThat(askAs(List.of(), socket)).contains("ok\nstopping");
            tool.end(143);
        }
    }

    /** Empty where this JVM cannot become another user. */
    private static List<String> asNobody() throws Exception {
        List<String> prefix = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs");
        try {
            List<String> command = new ArrayList<>(prefix);
            command.add("true");
            Process tried = new ProcessBuilder(command).start();
            boolean works = tried.waitFor(10, TimeUnit.SECONDS) && tried.exitValue() == 0;
            return works && System.getProperty("user.name").equals("root") ? prefix : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** What a process of that user gets from the socket for {@code stop}, without this tool's own client. */
    private String askAs(List<String> prefix, Path socket) throws Exception {
        // where that user may read it
        Path copy = temp.resolve(Ask.class.getName().replace('.', '/') + ".class");
        if (Files.notExists(copy)) {
            Files.createDirectories(copy.getParent());
            try (var made = Ask.class.getResourceAsStream("/" + temp.relativize(copy))) {
                Files.copy(made, copy);
            }
        }
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                temp.toString(),
                Ask.class.getName(),
                socket.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    /** A process that asks the socket to stop the run. */
    static final class Ask {
        private Ask() {}

        public static void main(String[] arguments) throws IOException {
            try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(arguments[0]))) {
                channel.write(ByteBuffer.wrap("stop\n".getBytes(StandardCharsets.UTF_8)));
                var answer = ByteBuffer.allocate(10_000);
                while (channel.read(answer) >= 0) {}
                System.out.print(new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8));
            }
        }
    }
}
