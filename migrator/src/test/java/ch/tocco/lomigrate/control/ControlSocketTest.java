package ch.tocco.lomigrate.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.tocco.lomigrate.pacing.SteeringConfig.Places;
import ch.tocco.lomigrate.testkit.Await;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run is reached by its own user through a closed socket, and by nothing that is stale, too long or another's. */
@Timeout(60)
final class ControlSocketTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long ME = ProcessHandle.current().pid();

    @TempDir
    private Path temp;

    private final FakeRun run = new FakeRun();

    private Places places() {
        return new Places(Optional.empty(), Optional.of(temp), temp);
    }

    private Path socket() {
        return temp.resolve("lo-migrate/" + ME + ".sock");
    }

    private ControlSocket open() throws Exception {
        ControlSocket socket = ControlSocket.open(places(), run);
        Await.until(LIMIT, "socket", () -> Files.exists(socket()));
        return socket;
    }

    private List<ControlClient.Run> runs() throws IOException {
        // not those that go on beside the tests
        return new ControlClient(places())
                .runs(OptionalLong.empty()).stream()
                        .filter(each -> each.socket().startsWith(temp))
                        .toList();
    }

    private Answer ask(String request) throws IOException {
        return new ControlClient(places()).ask(runs().get(0), request);
    }

    @Test
    @SuppressWarnings("try") // it only listens
    void runDoesWhatItIsAskedForAndSaysWho() throws Exception {
        String me = System.getProperty("user.name");
        try (ControlSocket unused = open()) {
            assertThat(ask("pause")).isEqualTo(new Answer(true, "paused; what has begun is finished and committed"));
            assertThat(ask("resume").words()).isEqualTo("still paused since 3 s: the moon is full");
            assertThat(ask("stop").done()).isTrue();
            assertThat(run.asked).containsExactly("pause by lo-migrate control pause of user " + me, "resume", "stop");
            assertThat(ask("status").words()).startsWith("half-way\n").contains("--max-rate         off");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "set --max-rate=7  | true  | --max-rate is 7 now, was off",
                "set max-rate = 8  | false | write FLAG=VALUE with one of --max-rate",
                "set max-rate=much | false | --max-rate must be a number, not 'much'",
                "set bucket=other  | false | write FLAG=VALUE with one of --max-rate",
                "set max-rate      | false | write FLAG=VALUE with one of --max-rate",
                "set               | false | not understood: it takes status, pause, resume, set FLAG=VALUE or stop",
                "stop now          | false | not understood: it takes status, pause, resume, set FLAG=VALUE or stop",
                "explode           | false | not understood: it takes status, pause, resume, set FLAG=VALUE or stop"
            })
    @SuppressWarnings("try") // it only listens
    void settingsChangeAndWhatMakesNoSenseIsRefused(String request, boolean done, String words) throws Exception {
        try (ControlSocket unused = open()) {
            assertThat(ask(request)).isEqualTo(new Answer(done, words));
            assertThat(run.asked).isEmpty();
        }
    }

    @Test
    @SuppressWarnings("try") // it only listens
    void socketLiesInADirectoryThatOthersCannotEnter() throws Exception {
        try (ControlSocket unused = open()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("lo-migrate"))))
                    .isEqualTo("rwx------");
        }
        assertThat(socket()).as("removed at the end").doesNotExist();
    }

    @Test
    void socketThatNoRunListensToIsRemoved() throws Exception {
        Path directory = Files.createDirectory(
                temp.resolve("lo-migrate"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path stale = directory.resolve(Integer.MAX_VALUE + ".sock"); // no process has that number
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(stale))
                .close();
        assertThat(stale).exists();
        assertThat(runs()).isEmpty();
        assertThat(stale).doesNotExist();
    }

    @Test
    void socketOfAProcessThatLivesIsLeftToIt() throws Exception {
        Path directory = Files.createDirectory(
                temp.resolve("lo-migrate"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path own = directory.resolve(ME + ".sock");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(own))
                .close();
        assertThat(runs()).isEmpty();
        assertThat(own).exists();
    }

    @Test
    @SuppressWarnings("try") // it only listens
    void socketOfAFormerProcessOfTheSameNumberIsReplaced() throws Exception {
        Path directory = Files.createDirectory(
                temp.resolve("lo-migrate"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(directory.resolve(ME + ".sock")))
                .close();
        try (ControlSocket unused = ControlSocket.open(places(), run)) {
            Await.until(
                    LIMIT,
                    "run listens",
                    () -> !new ControlClient(places()).runs(OptionalLong.of(ME)).isEmpty());
        }
    }

    /** What another user could have put there: it would answer in the run's place. */
    @ParameterizedTest
    @ValueSource(strings = {"rwxrwxrwx", "rwxr-xr-x"})
    void directoryThatOthersMayEnterCountsForNothing(String mode) throws Exception {
        Path directory = Files.createDirectory(temp.resolve("lo-migrate"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
        try (var listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(directory.resolve("123.sock")));
            assertThat(runs()).isEmpty();
        }
        try (ControlSocket socket = ControlSocket.open(places(), run)) {
            // not there, so in the directory that comes next
            Path other = temp.resolve("lo-migrate-control-" + Files.getAttribute(temp, "unix:uid"));
            Await.until(LIMIT, "socket", () -> Files.exists(other.resolve(ME + ".sock")));
            assertThat(socket).isNotNull();
        }
    }

    @Test
    void pathThatIsTooLongIsNamed() throws Exception {
        Path socket = temp.resolve("x".repeat(100)).resolve("1.sock");
        String message = catchThrowable(() -> ControlDirs.requireShort(socket)).getMessage();
        assertThat(message)
                .contains("the path " + socket + " has " + socket.toString().length() + " bytes")
                .contains("that of a socket may have 106");
    }

    /** The longest path that is let through is one that the system takes. */
    @Test
    void longestPathWorks() throws Exception {
        int left = 106 - temp.toString().length() - 2;
        Path directory = Files.createDirectory(temp.resolve("y".repeat(left - 10)));
        Path longest = directory.resolve("z".repeat(10));
        assertThat(longest.toString()).hasSize(106);
        ControlDirs.requireShort(longest);
        try (var listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(longest));
        }
        assertThat(longest).exists();
    }

    /** It would hold up all others if it were waited for. */
    @Test
    @SuppressWarnings("try") // it only listens
    void peerThatSaysNothingOrTooMuchHoldsUpTheOthersForMomentsOnly() throws Exception {
        try (ControlSocket unused = open();
                SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(socket()));
                SocketChannel loud = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            loud.write(ByteBuffer.wrap("x".repeat(5000).getBytes(UTF_8)));
            assertThat(ask("status").done()).isTrue();
            assertThat(silent.isOpen()).isTrue();
        }
    }

    @Test
    void onlyTheSameUserAndRootMaySteer() throws Exception {
        UserPrincipal owner = Files.getOwner(temp);
        var users = temp.getFileSystem().getUserPrincipalLookupService();
        assertThat(ControlDirs.maySteer(owner, owner)).isTrue();
        assertThat(ControlDirs.maySteer(users.lookupPrincipalByName("root"), users.lookupPrincipalByName("nobody")))
                .isTrue();
        assertThat(ControlDirs.maySteer(users.lookupPrincipalByName("nobody"), users.lookupPrincipalByName("root")))
                .isFalse();
    }

    @Test
    void answerCannotWriteToTheTerminal() {
        assertThat(Answer.received("ok\na\033[2Jb\r\nc\n")).isEqualTo(new Answer(true, "a[2Jb\nc"));
        assertThat(Answer.received("").done()).isFalse();
    }
}
