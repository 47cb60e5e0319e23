package ch.tocco.lomigrate.cli;

import static ch.tocco.lomigrate.cli.CommandLines.mistakes;
import static ch.tocco.lomigrate.cli.CommandLines.required;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.checks.Secrets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the tool says about wrong command lines: everything at once, by name, without secrets, exit code 2. */
final class UsageMistakeTest {
    private static final String SECRET = Secrets.MARK;

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            unknown flag              | --wibble                     | unknown flag --wibble
            near miss                 | --recieve-queue=8            | unknown flag --recieve-queue (did you mean --receiver-queue?)
            dash without a flag       | -=x                          | unknown flag -
            underscore                | --commit_chunk=8             | did you mean --commit-chunk?
            swapped letters           | --pg-ulr=x                   | unknown flag --pg-ulr (did you mean --pg-url?)
            beginning only            | --skip-batch                 | did you mean --skip-batch-job-check?
            joined short flag         | -i10                         | unknown flag -i...: write -i <s>
            stray argument            | stray                        | an argument that belongs to no flag (after --bucket)
            missing value at the end  | --interval                   | --interval needs a value <s>
            missing value before flag | --interval --debug           | --interval needs a value <s>
            given twice               | -f --finalize                | --finalize is given more than once
            required flag given twice | --bucket=other               | --bucket is given more than once
            not a number              | --interval ten               | --interval is not a whole number: 'ten'
            unit in the number        | --memory-budget 96m          | --memory-budget is not a whole number: '96m'
            fraction                  | --commit-chunk 1.5           | --commit-chunk is not a whole number: '1.5'
            empty number              | --commit-chunk=              | --commit-chunk is not a whole number: ''
            interval of zero          | -i 0                         | --interval must be from 1 to 86400, not 0
            negative                  | --stop-grace -1              | --stop-grace must be from 0 to 86400, not -1
            beyond a long             | --interval 99999999999999999999 | --interval must be from 1 to 86400
            chunk of zero             | --commit-chunk 0             | --commit-chunk must be from 1 to 100000, not 0
            chunk too large           | --commit-chunk 100001        | --commit-chunk must be from 1 to 100000
            no receivers              | --receiver-threads 0         | --receiver-threads must be from 1 to 4096
            too many storers          | --storer-threads 4097        | --storer-threads must be from 1 to 4096
            no committers             | --committer-threads 0        | --committer-threads must be from 1 to 4096
            empty ring                | --receiver-queue 0           | --receiver-queue must be from 1 to 1048576
            ring too large            | --storer-queue 1048577       | --storer-queue must be from 1 to 1048576
            negative ring             | --committer-queue -8         | --committer-queue must be from 1 to 1048576
            small part                | --upload-chunk-size 5119     | --upload-chunk-size must be from 5120 to 1048576
            request above S3's limit  | --multipart-threshold 4882813 | --multipart-threshold must be from 0 to 4882812
            in memory above a value   | --in-mem-max 1048576         | --in-mem-max must be from 0 to 1047552
            no memory                 | --memory-budget 0            | --memory-budget must be from 1 to 1048576
            budget above the heap     | --memory-budget 2000         | --memory-budget of 2000 MiB does not fit the Java heap of 1024 MiB
            object above the heap     | --in-mem-max 1047552         | --in-mem-max of 1023 MiB does not fit the Java heap
            spill budget no number    | --spill-budget 80%           | --spill-budget is not a number: '80%'
            spill budget negative     | --spill-budget -1            | --spill-budget must be more than 0 and at most
            empty spill directory     | --spill-dir=                 | --spill-dir is empty
            log level                 | --log-level loud             | --log-level must be one of error, warn, info, debug, trace, not 'loud'
            display                   | --display bar                | --display must be auto, line, block or plain, not 'bar'
            log format                | --log-format xml             | --log-format must be text or json, not 'xml'
            switch value              | --debug=maybe                | --debug must be true or false, 1 or 0, yes or no, not 'maybe'
            region                    | --region=a/b                 | --region is no region name: 'a/b'
            shard without a number    | --shard 3                    | --shard must be I/N or auto/N, such as 3/16 or auto/16, not '3'
            shard of nothing          | --shard 1/0                  | --shard must have from 1 to 4095 shards, not 0
            too many shards           | --shard 1/4096               | --shard must have from 1 to 4095 shards, not 4096
            shard zero                | --shard 0/4                  | --shard must name a shard from 1 to 4, not 0
            shard beyond the last     | --shard 5/4                  | --shard must name a shard from 1 to 4, not 5
            shard without an engine   | --shard auto/4               | --shard auto/4 finds no engine that tells this process its index
            shard that finalizes      | --shard 1/4 -f               | --finalize is for a run over all rows
            access key alone          | --access-key AK              | --secret-key is missing: give both keys, or neither
            secret key alone          | --secret-key PssstHush         | --access-key is missing: give both keys, or neither
            empty secret key          | -k AK --secret-key=          | --secret-key is empty
            storage class             | --storage-class=a/b          | --storage-class is no name of a storage class: 'a/b'
            encryption                | --sse aes128                 | --sse must be one of AES256, aws:kms, aws:kms:dsse, not 'aes128'
            key without its algorithm | --sse-kms-key-id k           | --sse-kms-key-id needs --sse aws:kms or --sse aws:kms:dsse
            key of another algorithm  | --sse AES256 --sse-kms-key-id k | --sse-kms-key-id needs --sse aws:kms or --sse aws:kms:dsse
            tag without a value       | --tag a                      | --tag 'a' has no '='
            tag without a key         | --tag ==b                    | --tag '==b' needs a key of 1 to 128 characters
            reserved tag              | --tag aws:a=b                | --tag 'aws:a=b' begins with aws:, which is reserved
            same tag twice            | --tag a=b --tag a=c          | --tag gives 'a' more than once
            missing authorities       | --ca-bundle /nowhere/at/all  | --ca-bundle names a file that is not there: /nowhere/at/all
            no authorities            | --ca-bundle /etc/hostname    | --ca-bundle names a file without readable PEM certificates
            missing file              | @/nowhere/at/all             | @/nowhere/at/all: cannot be read (no such file)
            """)
    void mistakeIsNamed(String name, String arguments, String message) {
        assertThat(mistakes(CommandLines.parse(required(arguments.split(" ")))))
                .as(name)
                .hasSize(1)
                .first()
                .asString()
                .contains(message)
                .doesNotContain(SECRET);
    }

    @ParameterizedTest(name = "{0}, {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            --s3-url | s3.example.com                | must begin with http:// or https://
            --s3-url | ftp://h                       | must begin with http:// or https://
            --s3-url | http://                       | is not a URL
            --s3-url | http://h:99999                | has no valid host and port
            --s3-url | http://under_score:7480       | has a host name with an underscore, which the S3 client cannot use
            --s3-url | http://h/nice-bin             | must end before '/nice-bin': the bucket goes to --bucket
            --s3-url | http://h/s3/nice-bin/         | must end before '/nice-bin': the bucket goes to --bucket
            --s3-url | http://h?x=PssstHush            | must end after host, port and path
            --s3-url | http://h/s3#PssstHush           | must end after host, port and path
            --s3-url | http://AK:PssstHush@h           | must not have a user
            --s3-url | http://a b                    | is not a URL
            --bucket | a..b                          | is no bucket name: 'a..b' (no '/', '?', '#', blanks
            --bucket | .                             | is no bucket name: '.'
            --bucket | a/b/c                         | is no bucket name: 'a/b/c'
            --bucket | a?b                           | is no bucket name
            --bucket | a#b                           | is no bucket name
            --bucket | a b                           | is no bucket name
            --bucket | a\tb                         | is no bucket name: 'a?b'
            --bucket | arn:aws:s3:::b                | ARNs are not supported
            --pg-url | host=db                       | must begin with postgresql:// or postgres://
            --pg-url | jdbc:postgresql://h/d         | without jdbc:
            --pg-url | postgresql://u:PssstHush@h:x/d  | has no valid port at host 1
            --pg-url | postgresql://u:PssstHush1/PssstHush2@h/d   | has an '@' after the first '/' or '?'
            --pg-url | postgresql://u:PssstHush1?PssstHush2@h/d   | has an '@' after the first '/' or '?'
            --pg-url | postgresql://u:PssstHush%@h/d   | has a '%' without two hexadecimal digits in its password
            """)
    void requiredValueIsChecked(String flag, String value, String message) {
        List<String> arguments = new ArrayList<>(CommandLines.REQUIRED);
        arguments.set(arguments.indexOf(flag) + 1, value);
        assertThat(mistakes(CommandLines.parse(arguments)))
                .hasSize(1)
                .first()
                .asString()
                .startsWith(flag + " ")
                .contains(message)
                .doesNotContain(SECRET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Photos", "Test_bucket", "tenant:bucket", "ab", "-abc", "10.0.0.1"})
    void bucketOfAnyOtherNameIsLeftToTheStoreUnlessItIsToBeInTheHostName(String bucket) {
        List<String> arguments = new ArrayList<>(CommandLines.REQUIRED);
        arguments.set(arguments.indexOf("--bucket") + 1, bucket);
        assertThat(mistakes(CommandLines.parse(arguments))).isEmpty();
        arguments.add("--virtual-hosted");
        assertThat(mistakes(CommandLines.parse(arguments)))
                .containsExactly(
                        "--bucket cannot be part of a host name: '" + bucket + "'; leave out --virtual-hosted");
    }

    @Test
    void allMistakesAreReportedAtOnceWithExitCodeTwo() {
        String said = run(
                ExitCode.USAGE,
                Map.of("LO_MIGRATE_DEBUG", "perhaps"),
                "--intervall",
                "0",
                "-k",
                "AK",
                "--in-mem-max=x");
        assertThat(said)
                .contains("lo-migrate: unknown flag --intervall (did you mean --interval?)")
                .contains("lo-migrate: LO_MIGRATE_DEBUG must be true or false")
                .contains("lo-migrate: --secret-key is missing")
                .contains("lo-migrate: --in-mem-max is not a whole number: 'x'")
                .contains("lo-migrate: --pg-url is missing")
                .contains("lo-migrate: --s3-url is missing")
                .contains("lo-migrate: --bucket is missing")
                .contains("Usage: lo-migrate")
                .contains("--help")
                .doesNotContain("\tat ");
    }

    @Test
    void secretsNeverShow() {
        String url = "postgresql://joe:" + SECRET + "@db/nice?sslpassword=" + SECRET;
        List<List<String>> lines = List.of(
                List.of("-p", url, "-u", "http://s3", "-b", "nice-bin", "-k", "AK", "-s", SECRET),
                List.of("-p", url, "-s" + SECRET, SECRET),
                List.of("-p", url, "--secret-key" + SECRET),
                List.of("-p", url + "&nonsense=1", "-s", SECRET, SECRET, "--secert-key", SECRET),
                List.of("--pg-url=postgresql://joe:12/" + SECRET + "@db/nice"),
                List.of("--pg-url=postgresql://joe:x?" + SECRET + "@db/nice"));
        for (List<String> line : lines) {
            assertThat(run(null, Map.of(), line.toArray(String[]::new))).doesNotContain(SECRET);
        }
        Map<String, String> environment =
                Map.of("LO_MIGRATE_SECRET_KEY", SECRET, "LO_MIGRATE_ACCESS_KEY", "AK", "PGPASSWORD", SECRET);
        assertThat(run(ExitCode.REFUSED, environment, required().toArray(String[]::new)))
                .doesNotContain(SECRET)
                .doesNotContain("warning")
                .contains("from PGPASSWORD");
    }

    @Test
    void secretOnTheCommandLineIsWarnedOfWithItsTwin() {
        CommandLine read = CommandLines.parse(List.of(
                "-p", "postgresql://joe:x@db/nice", "-u", "http://s3", "-b", "nice-bin", "-k", "AK", "-s", SECRET));
        assertThat(read.warnings())
                .hasSize(2)
                .anyMatch(w -> w.contains("--pg-url") && w.contains("LO_MIGRATE_PG_URL"))
                .anyMatch(w -> w.contains("--secret-key") && w.contains("LO_MIGRATE_SECRET_KEY"));
    }

    @Test
    void mistypedVariableIsWarnedOf() {
        CommandLine read = CommandLineReader.read(required(), CommandLines.with(Map.of("LO_MIGRATE_BUKET", "x")));
        assertThat(read.warnings())
                .containsExactly(
                        "unknown environment variable LO_MIGRATE_BUKET" + " (did you mean LO_MIGRATE_BUCKET?)");
    }

    @Test
    void fileHoldsArgumentsAndMaySayASecret() throws IOException {
        Path file = directory.resolve("args");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, "# comment\n\n--secret-key " + SECRET + " x\n  -k=AK\n--finalize\n--interval\n5\n");
        CommandLine read = CommandLines.parse(required("@" + file));
        assertThat(mistakes(read)).isEmpty();
        assertThat(read.warnings()).isEmpty();
        assertThat(CommandLines.config(read).s3().keys().orElseThrow().secretKey())
                .isEqualTo(SECRET + " x");
        assertThat(CommandLines.config(read).run().finalizeAfter()).isTrue();
        assertThat(CommandLines.config(read).run().interval()).hasSeconds(5);
    }

    @ParameterizedTest
    @CsvSource({
        "rw-r-----, --secret-key, true",
        "rw----r--, --secret-key, true",
        "rw-rw-rw-, --region, false",
        "rw--w--w-, --secret-key, false"
    })
    void fileWithASecretThatOthersCanReadIsWarnedOfOnce(String mode, String flag, boolean warned) throws IOException {
        Path file = Files.writeString(directory.resolve("args"), "--access-key " + SECRET + "\n" + flag + " x\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        assertThat(CommandLines.parse(required("@" + file)).warnings())
                .isEqualTo(
                        warned
                                ? List.of("other users of this machine can read the secret in @" + file + ": chmod 600 "
                                        + file)
                                : List.of());
    }

    @ParameterizedTest(name = "AWS_ACCESS_KEY_ID={0}: {1}")
    @CsvSource({"'', true", "AK, true", "another, false"})
    void sessionTokenOfTheEnvironmentIsUsedUnlessItBelongsToAnotherKey(String beside, boolean used) {
        CommandLine read = CommandLineReader.read(
                required("-k", "AK"),
                CommandLines.with(Map.of(
                        "LO_MIGRATE_SECRET_KEY", "x", "AWS_SESSION_TOKEN", SECRET, "AWS_ACCESS_KEY_ID", beside)));
        assertThat(CommandLines.config(read).s3().keys().orElseThrow().sessionToken())
                .isEqualTo(used ? Optional.of(SECRET) : Optional.empty());
        assertThat(CommandLines.config(read).s3().toString()).doesNotContain(SECRET);
        assertThat(CommandLines.migrate(read).common().effective())
                .doesNotContain(SECRET)
                .matches(text -> used == text.contains("session-token         *** (AWS_SESSION_TOKEN)"));
        assertThat(read.warnings())
                .isEqualTo(
                        used
                                ? List.of()
                                : List.of("AWS_SESSION_TOKEN is not used: it belongs to AWS_ACCESS_KEY_ID, which is"
                                        + " another key than --access-key"));
    }

    @Test
    void quotesInAFileAreRefused() throws IOException {
        Path file = directory.resolve("args");
        Files.writeString(file, "--region \"eu\"\n--spill-dir='/x'\n");
        assertThat(mistakes(CommandLines.parse(required("@" + file))))
                .contains("@" + file + ", line 1: write the value without quotes")
                .contains("@" + file + ", line 2: write the value without quotes");
    }

    @Test
    void valueMayBeginWithAnAtSign() {
        assertThat(CommandLines.config(CommandLines.parse(required("--spill-dir", "@x")))
                        .tuning()
                        .spillDir())
                .isEqualTo(Path.of("@x"));
    }

    @Test
    void helpFitsAndAnswersDespiteMistakes() {
        String said = run(ExitCode.ALL_MIGRATED, Map.of(), "--wibble", "-h");
        assertThat(said.lines()).allMatch(line -> line.length() <= HelpText.WIDTH);
        for (ExitCode code : ExitCode.values()) {
            assertThat(said).contains("%3d  %s".formatted(code.number(), code.meaning()));
        }
    }

    private static String run(ExitCode expected, Map<String, String> environment, String... arguments) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        ExitCode code = new Main(stream, () -> stream).run(List.of(arguments), CommandLines.with(environment));
        if (expected != null) {
            assertThat(code).isEqualTo(expected);
        }
        return said.toString(StandardCharsets.UTF_8);
    }
}
