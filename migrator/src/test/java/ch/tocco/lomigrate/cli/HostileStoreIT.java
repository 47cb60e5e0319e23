package ch.tocco.lomigrate.cli;

import static ch.tocco.lomigrate.testkit.wire.ScriptedS3.answer;
import static ch.tocco.lomigrate.testkit.wire.ScriptedS3.error;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that answer otherwise than an S3 server should: the message, the exit code, and no row that is marked. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(300)
@Tag("slow")
final class HostileStoreIT {
    private static final String CAPTIVE = "<html><body>Please log in to the network<br></body></html>";
    private static final String BOMB = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
            + "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><Error><Code>&c;&c;&c;</Code></Error>";

    /**
     * A hostile answer and what comes of it.
     *
     * @param name says what is odd about the answer
     * @param operation which request it is the answer to
     * @param raw its bytes
     * @param times how often it comes before the server behaves
     * @param exit the run's exit code
     * @param message part of what the tool or its file of failures says
     */
    private record Case(String name, String operation, String raw, int times, ExitCode exit, String message) {
        @Override
        public String toString() {
            return operation + ": " + name;
        }

        /** Each answer goes to the requests about objects, or from the first one on to the bucket's probe. */
        Function<Request, byte[]> script(boolean alsoProbe) {
            var left = new AtomicInteger(times);
            return request -> request.operation().equals(operation)
                            && (alsoProbe || !request.isProbe())
                            && left.getAndDecrement() > 0
                    ? raw.getBytes(StandardCharsets.ISO_8859_1)
                    : null;
        }
    }

    private static Case refused(String name, String raw, String message) {
        return new Case(name, "PutObject", raw, Integer.MAX_VALUE, ExitCode.REFUSED, message);
    }

    private static Case ends(String name, String operation, String raw, ExitCode exit, String message) {
        return new Case(name, operation, raw, Integer.MAX_VALUE, exit, message);
    }

    /** An answer that is tried again. */
    private static Case passes(String name, String operation, String raw) {
        return new Case(name, operation, raw, 2, ExitCode.ALL_MIGRATED, "all migrated");
    }

    static Stream<Case> atTheStart() {
        return Stream.of(
                refused("no word at all", "", "PUT: "),
                refused("another protocol", "SSH-2.0-OpenSSH_9.2p1\r\n", "PUT: "),
                refused("binary noise", "\0\1\2\3\377\376\r\n\r\n", "PUT: "),
                refused("a status that is no number", "HTTP/1.1 OK two hundred\r\n\r\n", "PUT: "),
                refused("headers and then nothing", "HTTP/1.1 200 OK\r\nETag: \"x\"\r\n", "PUT: "),
                refused("a body cut short", "HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 99\r\n\r\nab", "PUT: "),
                refused("a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "PUT: "),
                refused("a captive proxy's page", answer("200 OK", "", CAPTIVE), "PUT: 200 without an ETag"),
                refused("success without a word", answer("204 No Content", "", ""), "PUT: 204 without an ETag"),
                refused("a captive proxy's redirect", answer("302 Found", "Location: http://x/\r\n", ""), "PUT: 302"),
                refused(
                        "a proxy that wants a login",
                        answer("407 Proxy Authentication Required", "", CAPTIVE),
                        "PUT: 407"),
                refused("a web server's refusal", answer("403 Forbidden", "", CAPTIVE), "PUT: 403"),
                refused("a web server without PUT", answer("405 Method Not Allowed", "", CAPTIVE), "PUT: 405"),
                refused(
                        "another region by redirect",
                        error("301 Moved Permanently", "PermanentRedirect", "use eu-west-1"),
                        "PUT: 301 PermanentRedirect (use eu-west-1); check --region"),
                refused(
                        "another region in the signature",
                        error("400 Bad Request", "AuthorizationHeaderMalformed", "expecting eu-west-1"),
                        "PUT: 400 AuthorizationHeaderMalformed (expecting eu-west-1); check --region"),
                refused(
                        "a redirect for a while",
                        error("307 Temporary Redirect", "TemporaryRedirect", "elsewhere"),
                        "PUT: 307 TemporaryRedirect (elsewhere)"),
                refused(
                        "clocks that differ",
                        error("403 Forbidden", "RequestTimeTooSkewed", "15 minutes"),
                        "PUT: 403 RequestTimeTooSkewed (15 minutes)"),
                refused(
                        "no length wanted",
                        error("411 Length Required", "MissingContentLength", ""),
                        "PUT: 411 Missing"),
                refused(
                        "no such thing",
                        error("501 Not Implemented", "NotImplemented", "no"),
                        "PUT: 501 NotImplemented"),
                refused(
                        "an error cut short",
                        answer("403 Forbidden", "", "<Error><Code>AccessDenied</Code><Messa"),
                        "PUT: 403 AccessDenied"),
                refused("an error cut earlier", answer("403 Forbidden", "", "<Error><Co"), "PUT: 403"),
                refused("an error that explodes", answer("400 Bad Request", "", BOMB), "PUT: 400"),
                refused(
                        "an error that moves the cursor",
                        answer(
                                "400 Bad Request",
                                "",
                                "<?xml version=\"1.1\"?><Error><Code>No</Code>"
                                        + "<Message>a&#27;[2Jb&#155;c</Message></Error>"),
                        "PUT: 400 No (a?[2Jb?c)"),
                refused("an error of many words", error("400 Bad Request", "No", "word ".repeat(10_000)), "word …)"),
                refused("endless headers", "HTTP/1.1 200 OK\r\n" + "x-more: and more\r\n".repeat(10_000), "PUT: "));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("atTheStart")
    void refusesToStart(Case hostile, SourceDatabase database, @TempDir Path temp) throws Exception {
        database.insertGenerated(1, 100, "text/plain");
        check(hostile, true, database, temp);
    }

    /** What is refused to one object only is that object's fault; what the probe is refused too ends the run. */
    @ParameterizedTest
    @ValueSource(strings = {"401 No", "403 No", "405 No", "407 No"})
    void refusalWithoutACodeEndsTheRunWhereTheProbeIsRefusedToo(
            String status, SourceDatabase database, @TempDir Path temp) throws Exception {
        database.insertGenerated(1, 100, "text/plain");
        var puts = new AtomicInteger();
        byte[] no = answer(status, "", CAPTIVE).getBytes(StandardCharsets.ISO_8859_1);
        // the first four are the probe at the start
        Function<Request, byte[]> script =
                request -> request.operation().equals("PutObject") && puts.getAndIncrement() >= 4 ? no : null;
        try (var store = ScriptedS3.start(script)) {
            InProcess run = InProcess.run(database.url(), store.endpoint().toString(), temp);
            assertThat(run.exitCode()).as(run.said()).isEqualTo(ExitCode.ABORTED);
            assertThat(run.said())
                    .contains("store: PUT: " + status.substring(0, 3))
                    .contains(" at oid ");
        }
    }

    @Test
    void objectThatAFirewallRefusesFailsAloneAtItsFirstTry(SourceDatabase database, @TempDir Path temp)
            throws Exception {
        database.insertGenerated(1, 100, "text/plain");
        var refused = database.insertGenerated(2, 101, "text/plain");
        var tries = new AtomicInteger();
        byte[] no = answer("403 Forbidden", "", "<html><head><title>Blocked\u001b[2J</title></head></html>")
                .getBytes(StandardCharsets.ISO_8859_1);
        Function<Request, byte[]> script = request -> {
            boolean hit = request.operation().equals("PutObject") && request.length() == 101;
            return hit && tries.incrementAndGet() > 0 ? no : null;
        };
        try (var store = ScriptedS3.start(script)) {
            InProcess run = InProcess.run(database.url(), store.endpoint().toString(), temp);
            assertThat(run.exitCode()).as(run.said()).isEqualTo(ExitCode.OBJECTS_FAILED);
            assertThat(run.said()).contains("REFUSED", refused.hash(), "PUT: 403 (a web page: Blocked?[2J)");
        }
        assertThat(tries).hasValue(1);
        assertThat(database.query("SELECT hash FROM _nice_binary WHERE sha2 IS NULL"))
                .contains(refused.hash());
    }

    /** As for what a killed run has stored and not committed. */
    @Test
    void policyThatForbidsToOverwriteFailsWhatIsThereAndEndsNoRun(SourceDatabase database, @TempDir Path temp)
            throws Exception {
        var there = database.insertGenerated(1, 101, "text/plain");
        database.insertGenerated(2, 100, "text/plain");
        byte[] no = error("403 Forbidden", "AccessDenied", "it is there").getBytes(StandardCharsets.ISO_8859_1);
        Set<String> stored = ConcurrentHashMap.newKeySet();
        Function<Request, byte[]> script = request -> {
            boolean isThere = request.length() == 101 || !stored.add(request.path());
            if (request.operation().equals("DeleteObject")) {
                stored.remove(request.path());
            }
            return request.operation().equals("PutObject") && isThere ? no : null;
        };
        try (var store = ScriptedS3.start(script)) {
            InProcess run = InProcess.run(database.url(), store.endpoint().toString(), temp);
            assertThat(run.exitCode()).as(run.said()).isEqualTo(ExitCode.OBJECTS_FAILED);
            assertThat(run.said()).contains("REFUSED", there.hash(), "403 AccessDenied (it is there)");
        }
        assertThat(database.query("SELECT hash FROM _nice_binary WHERE sha2 IS NULL"))
                .contains(there.hash());
    }

    /** Nothing else is under way that could show that the store is there. */
    @Test
    void storeThatFailsOnTheOnlyObjectsLeftIsNotReportedAsAway(SourceDatabase database, @TempDir Path temp)
            throws Exception {
        database.insertGenerated(1, 100, "text/plain");
        database.insertGenerated(2, 101, "text/plain");
        byte[] no = error("500 Internal Server Error", "InternalError", "no").getBytes(StandardCharsets.ISO_8859_1);
        Function<Request, byte[]> script =
                request -> request.operation().equals("PutObject") && !request.isProbe() ? no : null;
        try (var store = ScriptedS3.start(script)) {
            Path failures = temp.resolve("failures");
            var run = Cli.migrating(database, store, "nice-bin")
                    .arguments(List.of("--failures", failures.toString()))
                    .run(Duration.ofSeconds(250));
            assertThat(run.exitCode()).as(run.stderr()).isEqualTo(ExitCode.OBJECTS_FAILED.number());
            assertThat(run.stderr()).contains("PUT: 500 InternalError (no)").doesNotContain("is away");
        }
    }

    @Test
    void bucketThatIsNotThereIsRefusedAlsoWhereAPutWouldMakeIt(SourceDatabase database, @TempDir Path temp)
            throws Exception {
        byte[] none = answer("404 Not Found", "", "").getBytes(StandardCharsets.ISO_8859_1);
        var puts = new AtomicInteger();
        try (var store = ScriptedS3.start(request -> {
            puts.addAndGet(request.operation().equals("PutObject") ? 1 : 0);
            return request.operation().equals("HeadBucket") ? none : null;
        })) {
            InProcess run = InProcess.run(database.url(), store.endpoint().toString(), temp);
            assertThat(run.exitCode()).as(run.said()).isEqualTo(ExitCode.REFUSED);
            assertThat(run.said()).contains("there is no bucket nice-bin").contains("check --bucket");
        }
        assertThat(puts).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"301 Moved Permanently", "403 Forbidden", "405 Method Not Allowed", "501 Not Implemented"})
    void answerThatSaysNothingOfTheBucketKeepsNoRunFromStarting(
            String status, SourceDatabase database, @TempDir Path temp) throws Exception {
        byte[] odd = answer(status, "", "").getBytes(StandardCharsets.ISO_8859_1);
        try (var store = ScriptedS3.start(request -> request.operation().equals("HeadBucket") ? odd : null)) {
            InProcess run = InProcess.run(database.url(), store.endpoint().toString(), temp);
            assertThat(run.exitCode()).as(run.said()).isEqualTo(ExitCode.ALL_MIGRATED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // a list without a key or an id, and an id that would forge a line of the log
                "200 OK|<ListMultipartUploadsResult><Upload><UploadId>x</UploadId></Upload>"
                        + "<Upload><Key>k</Key></Upload></ListMultipartUploadsResult>",
                "200 OK|<ListMultipartUploadsResult><Upload><Key>"
                        + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Key>"
                        + "<UploadId>a&#10;WARN forged</UploadId>"
                        + "<Initiated>2020-01-01T00:00:00Z</Initiated></Upload></ListMultipartUploadsResult>",
                "404 Not Found|<Error><Code>NoSuchUpload</Code></Error>",
                "501 Not Implemented|<Error><Code>NotImplemented</Code></Error>"
            })
    void answerToTheListOfUploadsHarmsNoRun(String answer, SourceDatabase database, @TempDir Path temp)
            throws Exception {
        database.insertGenerated(1, 100, "text/plain");
        String[] parts = answer.split("[|]", 2);
        byte[] raw =
                answer(parts[0], "Content-Type: application/xml\r\n", parts[1]).getBytes(StandardCharsets.ISO_8859_1);
        try (var store = ScriptedS3.start(request -> request.operation().equals("ListMultipartUploads") ? raw : null)) {
            InProcess run = InProcess.run(database.url(), store.endpoint().toString(), temp);
            assertThat(run.exitCode()).as(run.said()).isEqualTo(ExitCode.ALL_MIGRATED);
            assertThat(run.said().lines()).noneMatch(line -> line.startsWith("WARN forged"));
        }
    }

    static Stream<Case> inTheMiddle() {
        ExitCode aborted = ExitCode.ABORTED;
        ExitCode failed = ExitCode.OBJECTS_FAILED;
        return Stream.of(
                ends("a captive redirect", "PutObject", answer("302 Found", "", ""), aborted, "store: PUT: 302"),
                ends("a proxy's login", "PutObject", answer("407 No", "", CAPTIVE), failed, "PUT: 407 (a web page"),
                ends("no PUT of it", "PutObject", answer("405 No", "", CAPTIVE), failed, "PUT: 405 (a web page"),
                ends(
                        "a firewall's refusal",
                        "PutObject",
                        answer("403 No", "", CAPTIVE),
                        failed,
                        "PUT: 403 (a web page"),
                ends("dislike of an object", "PutObject", error("400 No", "Bad", "no"), failed, "PUT: 400 Bad (no)"),
                ends("no length wanted", "PutObject", answer("411 No", "", ""), failed, "PUT: 411"),
                ends("dislike of a part", "UploadPart", error("400 No", "Bad", "no"), failed, ": 400 Bad (no)"),
                ends(
                        "success with a refusal in it",
                        "CompleteMultipartUpload",
                        error("200 OK", "AccessDenied", "no"),
                        aborted,
                        "CompleteMultipartUpload: "),
                ends(
                        "another length than was sent",
                        "HeadObject",
                        "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n",
                        failed,
                        "the store has 7"),
                passes("a captive proxy's page", "PutObject", answer("200 OK", "", CAPTIVE)),
                passes("a captive proxy's page", "UploadPart", answer("200 OK", "", CAPTIVE)),
                passes("a captive proxy's page", "CreateMultipartUpload", answer("200 OK", "", CAPTIVE)),
                passes("nothing in it", "CreateMultipartUpload", answer("200 OK", "", "")),
                passes("noise", "PutObject", "\0\1\2\3\r\n\r\n"),
                passes("noise", "UploadPart", "\0\1\2\3\r\n\r\n"),
                passes("noise", "CompleteMultipartUpload", "\0\1\2\3\r\n\r\n"),
                passes("a body cut short", "PutObject", "HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 9\r\n\r\na"),
                passes("clocks that differ", "PutObject", error("403 No", "RequestTimeTooSkewed", "")),
                passes("no such thing", "PutObject", answer("501 Not Implemented", "", "")),
                passes("success that says SlowDown", "CompleteMultipartUpload", error("200 OK", "SlowDown", "")),
                passes("success with an error in it", "CompleteMultipartUpload", error("200 OK", "InternalError", "")),
                passes("no length", "HeadObject", "HTTP/1.1 200 OK\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inTheMiddle")
    void endsTheRunAsItShould(Case hostile, SourceDatabase database, @TempDir Path temp) throws Exception {
        database.insertGenerated(1, 100, "text/plain");
        database.insertGenerated(2, (5 << 20) + 1, "text/plain");
        check(hostile, false, database, temp);
    }

    private static void check(Case hostile, boolean alsoProbe, SourceDatabase database, Path temp) throws Exception {
        try (var store = ScriptedS3.start(hostile.script(alsoProbe))) {
            var run = InProcess.run(
                    database.url(),
                    store.endpoint().toString(),
                    temp,
                    "--upload-chunk-size",
                    "5120",
                    "--multipart-threshold",
                    "0");

            assertThat(run.exitCode()).as(run.said()).isEqualTo(hostile.exit());
            assertThat(run.said()).contains(hostile.message());
            assertThat(run.said().chars()).noneMatch(c -> Character.isISOControl(c) && c != '\n');
            assertThat(run.said().lines()).allMatch(line -> line.length() < 2000);
            boolean allMarked = hostile.exit() == ExitCode.ALL_MIGRATED;
            assertThat(database.query("SELECT bool_and(sha2 IS NOT NULL)::text FROM _nice_binary"))
                    .as(run.said())
                    .contains(Boolean.toString(allMarked));
            if (allMarked) {
                assertThat(store.objects()).as("objects that the store has").isGreaterThanOrEqualTo(2);
            }
        }
    }
}
