package ch.tocco.lomigrate.it.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.arguments.Flag;
import ch.tocco.lomigrate.arguments.FlagTable;
import ch.tocco.lomigrate.subcommands.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postgresql.PGProperty;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.profiles.ProfileProperty;

/** The two tables of the scan are complete: who adds a secret, or a way out, is sent here by a failed test. */
final class SecretTablesTest {
    private static final Path SOURCES = Path.of("src/main/java");

    private static final Pattern SECRET_WORD =
            Pattern.compile("(?i)password|passwd|secret|token|credential|auth|(?<![a-z])(pass|key)");

    /** Flags that sound like secrets and are none. */
    private static final Set<String> NO_SECRET_FLAGS = Set.of(
            "--access-key", // a name, as a user's
            "--key", // a column
            "--key-expr", // SQL
            "--keys-from", // keys of rows
            "--object-key",
            "--sse-kms-key-id" // a name
            );

    /** Variables that the tool reads and that hold no secret. */
    private static final Set<String> NO_SECRET_VARIABLES = Set.of(
            "AWS_ACCESS_KEY_ID", // a name
            "AWS_BATCH_JOB_ARRAY_INDEX",
            "AWS_DEFAULT_REGION",
            "AWS_ENDPOINT_URL",
            "AWS_ENDPOINT_URL_STS",
            "AWS_REGION",
            "AWS_ROLE_ARN",
            "AWS_ROLE_SESSION_NAME",
            "JOB_COMPLETION_INDEX",
            "LO_MIGRATE_JAVA_OPTS", // the JVM's, which shows it to all users anyway
            "RUNTIME_DIRECTORY",
            "SLURM_ARRAY_TASK_ID",
            "XDG_RUNTIME_DIR");

    /** Constants of the same look. */
    private static final Pattern NO_VARIABLES =
            Pattern.compile("AWS_(ERROR|IO)_.*|PG(HOST|PORT|DBNAME)|no_proxy|_proxy|proxy");

    /** Settings of the SDK that sound like secrets and hold none. */
    private static final Set<String> NO_SECRET_SETTINGS = Set.of(
            "AWS_ACCESS_KEY_ID",
            "AWS_AUTH_SCHEME_PREFERENCE",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI", // where they are
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH");

    /** Properties of the driver that sound like secrets and hold none, or that a URL may not have. */
    private static final Set<String> NO_SECRET_PARAMETERS = Set.of(
            "authenticationPluginClassName",
            "jaasApplicationName",
            "requireAuth",
            "sslkey", // a file
            "sslpasswordcallback", // a class
            "tcpKeepAlive");

    /** Flags with a file, a directory or an address that the tool only reads, or writes bytes of objects to. */
    private static final Set<String> READ_ONLY_FLAGS = Set.of(
            "--ca-bundle",
            "--keys-from",
            "--pause-file",
            "--spill-dir",
            "--profile",
            "--throttle-query",
            "--max-archive-backlog");

    /** Each of these writes to a file, a socket or another process; the exit that it is behind {@link Exit}. */
    private static final Set<String> WRITERS = Set.of(
            "FailuresFile", // FAILURES
            "ControlSocket", // CONTROL
            "ProfileFiles", // DISCOVER
            "HookProcess", // HOOK
            "Terminal", // runs stty
            "AbandonedSpillDirs", // a lock file
            "SpillDir", // bytes of objects
            "GiantStorer", // reads
            "ReportFiles", // REPORT_JSON, REPORT_HTML
            "WatchServer", // PAGE, STATUS, METRICS, HEALTH
            "KeepAliveSockets", // SESSIONS
            "Login" // the driver, with the password
            );

    private static final Pattern WRITING =
            Pattern.compile("Files\\.(newOutputStream|write|newBufferedWriter|create(?!Director)"
                    + "|newByteChannel|copy|move)|FileChannel\\.open|FileOutputStream|FileWriter|RandomAccessFile|ServerSocket"
                    + "|HttpServer\\.create|ProcessBuilder|HttpClient\\.newHttpClient|java\\.net\\.Socket\\b");

    private static List<Flag> flags() {
        return Arrays.stream(Command.values())
                .flatMap(command -> new FlagTable(command.flags()).all().stream())
                .distinct()
                .toList();
    }

    private static Set<String> labels() {
        return Arrays.stream(Way.values()).map(Way::label).collect(Collectors.toSet());
    }

    private static Set<String> covered() {
        return Arrays.stream(Exit.values())
                .flatMap(exit -> exit.covers().stream())
                .collect(Collectors.toSet());
    }

    private static Set<String> constants(Pattern pattern) throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                pattern.matcher(Files.readString(file))
                        .results()
                        .map(MatchResult::group)
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static Set<String> without(Collection<String> found, Collection<String> known) {
        Set<String> rest = new TreeSet<>(found);
        rest.removeAll(known);
        return rest;
    }

    @Test
    void eachSecretFlagIsGivenAsArgumentAsVariableAndInAFile() {
        List<Flag> secret = flags().stream().filter(Flag::isSecret).toList();
        assertThat(secret).isNotEmpty();
        assertThat(secret)
                .allSatisfy(
                        flag -> assertThat(labels()).contains(flag.name(), flag.variable(), "@FILE " + flag.name()));
    }

    @Test
    void flagsThatSoundLikeSecretsAreMarkedAsSuch() {
        List<String> sound = flags().stream()
                .filter(flag -> !flag.isSecret())
                .map(Flag::name)
                .filter(name -> SECRET_WORD.matcher(name).find())
                .toList();
        assertThat(without(sound, NO_SECRET_FLAGS))
                .as("mark it as secret in Flag and add ways to give it, or say here that it is none")
                .isEmpty();
    }

    @Test
    void eachVariableThatTheToolReadsIsAWayOrNoSecret() throws Exception {
        Set<String> variables = constants(Pattern.compile(
                        "(?<=\")(AWS_[A-Z0-9_]+|PG[A-Z]{3,}|[A-Za-z_]*(PROXY|proxy)" + "|[A-Z]+(_[A-Z]+)+)(?=\")"))
                .stream()
                .filter(name -> !NO_VARIABLES.matcher(name).matches())
                .collect(Collectors.toSet());
        assertThat(variables).contains("PGPASSWORD", "PGPASSFILE", "AWS_SESSION_TOKEN");
        assertThat(without(without(variables, labels()), NO_SECRET_VARIABLES)).isEmpty();
    }

    @Test
    void eachSecretOfTheSdkIsAWay() {
        List<String> settings = Arrays.stream(SdkSystemSetting.values())
                .map(SdkSystemSetting::environmentVariable)
                .filter(name -> SECRET_WORD
                        .matcher(name.replace("AUTHORIZATION", "AUTH"))
                        .find())
                .filter(name -> !name.contains("METADATA"))
                .toList();
        assertThat(settings).contains("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");
        assertThat(without(without(settings, labels()), NO_SECRET_SETTINGS)).isEmpty();
        assertThat(ProfileProperty.AWS_SESSION_TOKEN)
                .as("in the file of credentials")
                .isNotBlank();
    }

    @Test
    void eachSecretParameterOfADatabaseUrlIsAWay() {
        List<String> parameters = Arrays.stream(PGProperty.values())
                .map(PGProperty::getName)
                .filter(name -> SECRET_WORD.matcher(name).find())
                .toList();
        Set<String> ways = labels().stream()
                .filter(label -> label.startsWith("?"))
                .map(label -> label.substring(1))
                .collect(Collectors.toSet());
        assertThat(without(without(parameters, ways), NO_SECRET_PARAMETERS)).isEmpty();
    }

    @Test
    void eachFlagThatNamesAFileOrAPortIsAnExitOrOnlyRead() {
        List<String> files = flags().stream()
                .filter(flag -> Pattern.compile("FILE|DIR|PORT|PATH|URL")
                        .matcher(flag.placeholder().toUpperCase(Locale.ROOT))
                        .find())
                .map(Flag::name)
                .filter(name -> !Set.of("--pg-url", "--s3-url").contains(name))
                .toList();
        assertThat(files).contains("--report", "--failures", "--metrics-addr", "--hook");
        assertThat(without(without(files, covered()), READ_ONLY_FLAGS)).isEmpty();
    }

    @Test
    void eachCommandIsAnExit() {
        Set<String> commands =
                Arrays.stream(Command.values()).map(Command::text).collect(Collectors.toSet());
        commands.remove(Command.MIGRATE.text()); // the run itself
        assertThat(covered()).containsAll(commands);
    }

    @Test
    void eachPathOfTheServerIsAnExit() throws Exception {
        Set<String> paths = constants(Pattern.compile("(?<=case \")/[^\"]*(?=\" ->)"));
        assertThat(paths).contains("/", "/metrics");
        assertThat(covered()).containsAll(paths);
    }

    @Test
    void eachClassThatWritesIsKnown() throws Exception {
        Set<String> writers = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                if (WRITING.matcher(Files.readString(file)).find()) {
                    writers.add(file.getFileName().toString().replace(".java", ""));
                }
            }
        }
        assertThat(writers)
                .as("what another class writes needs a line in Exit, or a reason here why it is no exit")
                .containsExactlyInAnyOrderElementsOf(WRITERS);
    }
}
