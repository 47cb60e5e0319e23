package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.checks.Secrets;
import ch.tocco.lomigrate.testkit.wire.RawServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers that are no PostgreSQL, or one that will not have us: refused at the start, with the reason in one line. */
@Timeout(120)
final class HostileDatabaseIT {
    private static final String WRONG_LENGTH = "R\177\377\377\377\0\0\0\0";
    private static final String UNKNOWN_LOGIN = "R\0\0\0\10\0\0\0c";

    /**
     * A hostile answer to the first message of a client.
     *
     * @param name says what is odd about the answer
     * @param raw its bytes as characters, after which the connection is closed
     * @param message part of what the tool says
     */
    private record Case(String name, String raw, String message) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case says(String name, String raw, String message) {
        return new Case(name, raw, message);
    }

    /** PostgreSQL's ErrorResponse; each field is its type, then its text. */
    private static Case error(String name, String message, String... fields) {
        byte[] body = (String.join("\0", fields) + "\0\0").getBytes(StandardCharsets.UTF_8);
        byte[] raw = ByteBuffer.allocate(5 + body.length)
                .put((byte) 'E')
                .putInt(4 + body.length)
                .put(body)
                .array();
        return new Case(name, new String(raw, StandardCharsets.ISO_8859_1), message);
    }

    static Stream<Case> cases() {
        return Stream.of(
                says("nothing", "", "The connection attempt failed. java.io.EOFException (SQLSTATE 08001)"),
                says(
                        "a web server",
                        "HTTP/1.1 400 Bad Request\r\n\r\n",
                        "Protocol error.  Session setup failed. (SQLSTATE 08P01)"),
                says("a mail server", "220 mx ESMTP\r\n", "Protocol error.  Session setup failed. (SQLSTATE 08P01)"),
                says("noise", "\0\1\2\3\4\5\6\7", "Protocol error.  Session setup failed. (SQLSTATE 08P01)"),
                says(
                        "an error cut short",
                        "E\0\0\1\0SFATAL\0",
                        "The connection attempt failed. java.io.EOFException (SQLSTATE 08001)"),
                says("a message of two gigabytes", WRONG_LENGTH, "(SQLSTATE 08"),
                says("an unknown way to log in", UNKNOWN_LOGIN, "The authentication type 99 is not supported."),
                error("no such role", "FATAL: role unknown (SQLSTATE 28000)", "SFATAL", "C28000", "Mrole unknown"),
                error("too many clients", "FATAL: too many (SQLSTATE 53300)", "SFATAL", "C53300", "Mtoo many"),
                error("still starting", "FATAL: starting up (SQLSTATE 57P03)", "SFATAL", "C57P03", "Mstarting up"),
                error("its own error", "PANIC: oops (SQLSTATE XX000)", "SPANIC", "CXX000", "Moops"),
                error("a state that is none", "FATAL: hm (SQLSTATE ?)", "SFATAL", "C?", "Mhm"),
                error("an error without a state", "FATAL: hm", "SFATAL", "Mhm"),
                error("an error without anything", "database "),
                error(
                        "an error that moves the cursor",
                        "FATAL: a?[2Jb (SQLSTATE XX000)",
                        "SFATAL",
                        "CXX000",
                        "Ma\033[2Jb"),
                error("an error of many lines", "FATAL: first (SQLSTATE XX000)", "SFATAL", "CXX000", "Mfirst\nsecond"),
                error("an error of many words", "… (SQLSTATE XX000)", "SFATAL", "CXX000", "M" + "word ".repeat(5_000)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void refusesToStart(Case hostile, @TempDir Path temp) throws Exception {
        try (var server = RawServer.start((from, to) -> {
            skipMessage(from);
            to.write(hostile.raw().getBytes(StandardCharsets.ISO_8859_1));
            to.flush();
        })) {
            String url = "postgresql://joe:%s@127.0.0.1:%d/nice?sslmode=disable".formatted(Secrets.MARK, server.port());

            var run = InProcess.run(url, "http://127.0.0.1:1", temp);

            assertThat(run.exitCode()).as(run.said()).isEqualTo(ExitCode.REFUSED);
            String last = run.said().lines().reduce((a, b) -> b).orElseThrow();
            assertThat(last).startsWith("lo-migrate: database ").contains(hostile.message());
            assertThat(last.chars()).noneMatch(Character::isISOControl);
            assertThat(last).hasSizeLessThan(1000);
        }
    }

    private static void skipMessage(InputStream from) throws IOException {
        var data = new DataInputStream(from);
        data.skipNBytes(data.readInt() - 4L);
    }
}
