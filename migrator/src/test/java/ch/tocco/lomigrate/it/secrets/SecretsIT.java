package ch.tocco.lomigrate.it.secrets;

import static ch.tocco.lomigrate.it.secrets.Way.AWS_CONFIG;
import static ch.tocco.lomigrate.it.secrets.Way.AWS_CREDENTIALS;
import static ch.tocco.lomigrate.it.secrets.Way.AWS_SECRET_KEY;
import static ch.tocco.lomigrate.it.secrets.Way.AWS_TOKEN;
import static ch.tocco.lomigrate.it.secrets.Way.CONTAINER_TOKEN;
import static ch.tocco.lomigrate.it.secrets.Way.CONTAINER_TOKEN_FILE;
import static ch.tocco.lomigrate.it.secrets.Way.PASSWORD_FILE;
import static ch.tocco.lomigrate.it.secrets.Way.PASSWORD_VARIABLE;
import static ch.tocco.lomigrate.it.secrets.Way.PROXY_LOWER;
import static ch.tocco.lomigrate.it.secrets.Way.PROXY_UPPER;
import static ch.tocco.lomigrate.it.secrets.Way.SECRET_KEY_FILE;
import static ch.tocco.lomigrate.it.secrets.Way.SECRET_KEY_FLAG;
import static ch.tocco.lomigrate.it.secrets.Way.SECRET_KEY_VARIABLE;
import static ch.tocco.lomigrate.it.secrets.Way.URL_FILE;
import static ch.tocco.lomigrate.it.secrets.Way.URL_FLAG;
import static ch.tocco.lomigrate.it.secrets.Way.URL_KEY_PASSWORD;
import static ch.tocco.lomigrate.it.secrets.Way.URL_PASSWORD;
import static ch.tocco.lomigrate.it.secrets.Way.URL_PASSWORD_FILE;
import static ch.tocco.lomigrate.it.secrets.Way.URL_VARIABLE;
import static ch.tocco.lomigrate.it.secrets.Way.WEB_IDENTITY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.wire.ForwardProxy;
import ch.tocco.lomigrate.testkit.wire.RawServer;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** No secret leaves the process, in whatever {@linkplain Way way} it was given, by whatever {@linkplain Exit exit}. */
@ExtendWith(Backends.class)
@Tag("slow")
@Timeout(300)
final class SecretsIT {
    /** Each is a run, with what it cannot use beside what it uses. */
    static final List<Set<Way>> RUNS = List.of(
            EnumSet.of(URL_FLAG, URL_KEY_PASSWORD, SECRET_KEY_FLAG, PROXY_UPPER, AWS_TOKEN, AWS_CREDENTIALS),
            EnumSet.of(URL_FILE, PASSWORD_VARIABLE, SECRET_KEY_FILE, PROXY_LOWER, WEB_IDENTITY),
            EnumSet.of(URL_VARIABLE, PASSWORD_FILE, AWS_SECRET_KEY, AWS_TOKEN),
            EnumSet.of(PASSWORD_VARIABLE, URL_KEY_PASSWORD, AWS_CREDENTIALS, AWS_CONFIG, CONTAINER_TOKEN),
            EnumSet.of(PASSWORD_FILE, WEB_IDENTITY, AWS_CREDENTIALS),
            EnumSet.of(URL_PASSWORD_FILE, CONTAINER_TOKEN, CONTAINER_TOKEN_FILE, PROXY_UPPER),
            EnumSet.of(URL_PASSWORD, SECRET_KEY_VARIABLE, AWS_TOKEN));

    /** Each of them with each format of the log. */
    static final List<Arguments> LOGGED_RUNS = RUNS.stream()
            .flatMap(ways -> Stream.of("text", "json").map(format -> arguments(ways, format)))
            .toList();

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** They are there to carry one. */
    private static final Set<String> CARRIERS = Set.of("x-amz-security-token", "proxy-authorization");

    @TempDir
    private Path temp;

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private ScriptedS3 store;
    private RawServer keys;
    private ForwardProxy proxy;

    @BeforeEach
    void start() throws IOException {
        store = ScriptedS3.start(this::answer);
        keys = RawServer.start(SecretsIT::giveKeys);
        proxy = ForwardProxy.start(Given.PROXY_USER, Secrets.PASSWORD);
    }

    @AfterEach
    void stop() throws IOException {
        store.close();
        keys.close();
        proxy.close();
    }

    /** As AWS does, a refusal repeats the token, and the request with its headers. */
    private byte[] answer(ScriptedS3.Request request) {
        var headers = new TreeMap<>(request.headers());
        headers.keySet().removeAll(CARRIERS);
        requests.add(request.operation() + " " + request.path() + " " + headers);
        if (!request.path().startsWith("/" + Run.REFUSED)) {
            return null;
        }
        return ScriptedS3.answer(
                        "403 Forbidden",
                        "Content-Type: application/xml\r\n",
                        "<Error><Code>InvalidToken</Code><Message>The provided token is malformed or otherwise invalid."
                                + "</Message><Token-0>" + request.header("x-amz-security-token")
                                + "</Token-0><CanonicalRequest>" + request.headers() + "</CanonicalRequest></Error>")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The service that has keys for a container asks in another way than that for a web identity. */
    private static void giveKeys(InputStream from, OutputStream to) throws IOException {
        boolean container = read(from).startsWith("GET ");
        String until = Instant.now().plusSeconds(3600).toString();
        String body = container
                ? "{\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\",\"Token\":\"%s\",\"Expiration\":\"%s\"}"
                : "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                        + "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s"
                        + "</SecretAccessKey><SessionToken>%s</SessionToken><Expiration>%s</Expiration></Credentials>"
                        + "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";
        String text = body.formatted(Given.ACCESS_KEY, Secrets.SECRET_KEY, Given.TOKEN, until);
        to.write(("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\nConnection: close\r\n\r\n" + text)
                .getBytes(StandardCharsets.US_ASCII));
    }

    private static String read(InputStream from) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[8192];
        while (from.available() > 0
                || (!text.toString().endsWith("\r\n\r\n") && !text.toString().contains("Action="))) {
            int count = from.read(buffer);
            if (count < 0) {
                break;
            }
            text.append(new String(buffer, 0, count, StandardCharsets.US_ASCII));
        }
        return text.toString();
    }

    private Given given(Set<Way> ways, SourceDatabase database, String password) throws IOException {
        return Given.of(ways, database, password, temp.resolve("given"), keys.port(), proxy.port());
    }

    @ParameterizedTest
    @FieldSource("LOGGED_RUNS")
    void nothingLeavesARunThatIsWatchedAndThenRefused(Set<Way> ways, String format, SourceDatabase database)
            throws Exception {
        Given given = given(ways, database, Secrets.PASSWORD);
        List<String> leaks = new ArrayList<>();
        try (Run run = Run.start(database, temp, given, store.endpoint().toString(), requests, format)) {
            scan(run, Exit.When.DURING, leaks);
            run.finish();
            scan(run, Exit.When.AFTER, leaks);
        }
        assertThat(leaks).isEmpty();
    }

    private static void scan(Run run, Exit.When now, List<String> leaks) throws Exception {
        for (Exit exit : Exit.values()) {
            if (exit.isOpen(now)) {
                String text = exit.look(run);
                assertThat(text).as("%s, to be looked at %s", exit, now).isNotBlank();
                Secrets.shownIn(text).forEach(line -> leaks.add(exit + " " + now + ": " + line));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {
                "URL_FLAG",
                "URL_VARIABLE",
                "URL_FILE",
                "URL_PASSWORD",
                "URL_PASSWORD_FILE",
                "PASSWORD_VARIABLE",
                "PASSWORD_FILE"
            })
    void nothingLeavesARunThatTheDatabaseRefuses(Way way, SourceDatabase database) throws Exception {
        Given given = given(EnumSet.of(way, URL_KEY_PASSWORD, SECRET_KEY_VARIABLE), database, Secrets.MARK + "@wrong/");
        refused(given, store.endpoint().toString(), "password authentication failed");
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"PROXY_UPPER", "PROXY_LOWER"})
    void nothingLeavesARunThatTheProxyRefuses(Way way, SourceDatabase database) throws Exception {
        proxy.close();
        proxy = ForwardProxy.start("another", "another");
        Given given = given(EnumSet.of(URL_VARIABLE, way, SECRET_KEY_VARIABLE), database, Secrets.PASSWORD);
        refused(given, store.endpoint().toString(), "407");
    }

    @Test
    void nothingLeavesARunThatMeetsNoServerOrNonsense(SourceDatabase database) throws Exception {
        EnumSet<Way> ways = EnumSet.of(URL_FLAG, URL_KEY_PASSWORD, SECRET_KEY_VARIABLE);
        Given given = given(ways, database, Secrets.PASSWORD);
        refused(given, "http://127.0.0.1:1", "cannot be written to");
        given.changeUrl("&options=-c%20nonsense%3D1");
        refused(given, store.endpoint().toString(), "nonsense");
    }

    /** All that a refused run leaves. */
    private void refused(Given given, String storeUrl, String why) throws Exception {
        Path json = temp.resolve("report.json");
        Path html = temp.resolve("report.html");
        Cli.Result result = given.cli()
                .arguments(List.of("--s3-url", storeUrl, "--bucket", "nice-bin", "--log-level", "trace", "--debug"))
                .arguments(List.of("--report", json.toString(), "--report", html.toString()))
                .arguments(List.of("--spill-dir", temp.toString(), "--outage-timeout", "1"))
                .inThisJvm()
                .run(LIMIT);
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
        assertThat(result.output()).contains(why);
        Secrets.requireNoneIn("report", Files.readString(json) + Files.readString(html));
    }

    /** Typing errors that might each have the tool repeat what it did not understand. */
    static final List<List<String>> MISTAKES = List.of(
            List.of("--secret-kye", Secrets.SECRET_KEY),
            List.of("--secret-kye=" + Secrets.SECRET_KEY),
            List.of("--secret_key=" + Secrets.SECRET_KEY),
            List.of("-s" + Secrets.SECRET_KEY),
            List.of("-s=" + Secrets.SECRET_KEY, "-s=" + Secrets.SECRET_KEY),
            List.of("--secret-key", Secrets.SECRET_KEY, "--secret-key", Secrets.SECRET_KEY),
            List.of("--secret-key", Secrets.SECRET_KEY),
            List.of(Secrets.SECRET_KEY),
            List.of("--", Secrets.SECRET_KEY),
            List.of("migrate", Secrets.SECRET_KEY),
            List.of("discover", "--secret-key", Secrets.SECRET_KEY),
            List.of("control", "--secret-key", Secrets.SECRET_KEY, "status"),
            List.of("--pg-url", "postgresql://u:" + Secrets.PASSWORD + "@h/d"),
            List.of("--pg-url", "postgresql://u:" + Secrets.MARK + "%zz@h/d"),
            List.of("--pg-url", "postgres:/u:" + Secrets.MARK + "@h/d"),
            List.of("--pg-url", "postgresql://u:" + Secrets.MARK + "@h:x/d?sslpasswort=" + Secrets.MARK),
            List.of("--pg-url", "postgresql://u@h/d?password=" + Secrets.MARK + "&password=" + Secrets.MARK),
            List.of("--pg-ulr", "postgresql://u:" + Secrets.MARK + "@h/d"),
            List.of("postgresql://u:" + Secrets.MARK + "@h/d"),
            List.of("--s3-url", "http://u:" + Secrets.MARK + "@h"),
            List.of("--bucket", "b", "--s3-url", "http://u:" + Secrets.MARK + "@h/?key=" + Secrets.MARK));

    @ParameterizedTest(name = "{index}")
    @FieldSource("MISTAKES")
    void nothingLeavesACommandLineWithAMistake(List<String> arguments) throws Exception {
        Path file = temp.resolve("arguments");
        Files.write(file, arguments);
        for (Cli cli : List.of(
                new Cli().arguments(arguments),
                new Cli().arguments(List.of("@" + file)),
                new Cli().arguments(List.of("--log-format", "json")).arguments(arguments))) {
            Cli.Result result = cli.environment("LO_MIGRATE_SECRET_KEYS", Secrets.SECRET_KEY)
                    .environment("HTTP_PROXY", "ftp://" + Secrets.MARK + ":" + Secrets.MARK + "@h:x/" + Secrets.MARK)
                    .inThisJvm()
                    .run(LIMIT);
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(2);
        }
    }

    @Test
    void eachWayIsUsedAndEachIsRefused() {
        Set<Way> used = EnumSet.noneOf(Way.class);
        RUNS.forEach(used::addAll);
        assertThat(used).containsExactlyInAnyOrder(Way.values());
        assertThat(RUNS).allSatisfy(ways -> assertThat(ways).anyMatch(way -> way.kind() == Way.Kind.STORE));
    }

    @Test
    void marksAreFoundInEachEncoding() {
        String secret = "user:" + Secrets.MARK;
        String base64 = Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
        String hex = HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8));
        assertThat(Stream.of(secret, secret.toUpperCase(Locale.ROOT), base64, hex))
                .allSatisfy(text -> assertThat(Secrets.shownIn("Basic " + text)).hasSize(1));
    }
}
