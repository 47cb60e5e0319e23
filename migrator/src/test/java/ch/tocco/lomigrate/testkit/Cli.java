package ch.tocco.lomigrate.testkit;

import ch.tocco.lomigrate.cli.RunInThisJvm;
import ch.tocco.lomigrate.testkit.checks.OutputScan;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Runs the tool as a user does: the packaged launcher ({@value #LAUNCHER_PROPERTY} names it) in a process of its own,
 * secrets in the environment. Where nothing is packaged, the same main class from the class path of this JVM.
 */
public final class Cli {
    static final String LAUNCHER_PROPERTY = "lo.migrate.launcher";

    /** Names the directory, if any, where all that the tool writes is kept for the {@link OutputScan}. */
    static final String OUTPUT_PROPERTY = "lo.migrate.test.output";

    private final List<String> arguments = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();
    private boolean inThisJvm;

    /** The tool without any argument. */
    public Cli() {}

    /** The tool with all it needs to migrate from this database into this bucket. */
    public static Cli migrating(SourceDatabase database, S3Server s3, String bucket) {
        return new Cli()
                .environment("LO_MIGRATE_PG_URL", database.url())
                .environment("LO_MIGRATE_ACCESS_KEY", s3.accessKey())
                .environment("LO_MIGRATE_SECRET_KEY", s3.secretKey())
                .arguments(List.of("--s3-url", s3.endpoint().toString(), "--bucket", bucket));
    }

    private static List<String> launcher() {
        String packaged = System.getProperty(LAUNCHER_PROPERTY, "");
        if (!packaged.isEmpty() && Files.isExecutable(Path.of(packaged))) {
            return List.of(packaged);
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return List.of(java, "-cp", System.getProperty("java.class.path"), "ch.tocco.lomigrate.cli.Main");
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(launcher());
        command.addAll(arguments);
        return command;
    }

    public Cli arguments(List<String> arguments) {
        this.arguments.addAll(arguments);
        return this;
    }

    /**
     * The tool's main class in this JVM, for a case that is about neither the launcher nor signals, nor about variables
     * that the JVM or the libraries read: quicker by the start of a JVM. One at a time.
     */
    public Cli inThisJvm() {
        inThisJvm = true;
        return this;
    }

    public Cli environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Starts the process with output into the given files; the caller waits for it or destroys it. */
    public Process start(File stdout, File stderr) throws IOException {
        File out = kept(stdout);
        File err = kept(stderr);
        return inThisJvm
                ? RunInThisJvm.start(arguments, environment, out, err)
                : builder().redirectOutput(out).redirectError(err).start();
    }

    /** Starts the process with both streams into one file, as on a terminal. */
    public Process startAsOnTerminal(File output) throws IOException {
        return builder().redirectErrorStream(true).redirectOutput(kept(output)).start();
    }

    /** A file that outlives the test, with the given one as another name of it. */
    private static File kept(File file) throws IOException {
        String directory = System.getProperty(OUTPUT_PROPERTY, "");
        if (directory.isEmpty()) {
            return file;
        }
        Path kept = Files.createTempFile(Files.createDirectories(Path.of(directory)), file.getName(), ".txt");
        Files.deleteIfExists(file.toPath());
        link(file.toPath(), kept);
        return kept.toFile();
    }

    private static void link(Path file, Path kept) throws IOException {
        try {
            Files.createLink(file, kept);
        } catch (FileSystemException onAnotherFileSystem) {
            Files.createSymbolicLink(file, kept);
        }
    }

    /**
     * Runs the process with this JVM's own terminal, for people to watch.
     *
     * @return its exit code and what it wrote to stderr; stdout went to the terminal only, because a pipe in between
     *     would turn off the live display
     */
    public Result runVisibly() throws IOException, InterruptedException {
        var process = builder()
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
        var seen = new ByteArrayOutputStream();
        try (var stderr = process.getErrorStream()) {
            byte[] buffer = new byte[8192];
            for (int count = stderr.read(buffer); count >= 0; count = stderr.read(buffer)) {
                System.err.write(buffer, 0, count);
                System.err.flush();
                seen.write(buffer, 0, count);
            }
        }
        return new Result(process.waitFor(), "", seen.toString(StandardCharsets.UTF_8));
    }

    /**
     * A process that runs the tool inside of itself, such as one that makes a terminal for it.
     *
     * @param other its command, to which the tool's is added as one argument for a shell
     */
    public ProcessBuilder within(List<String> other) {
        var builder = builder();
        List<String> command = new ArrayList<>(other);
        command.add(builder.command().stream()
                .map(part -> "'" + part.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" ")));
        return builder.command(command);
    }

    /** Runs the process to its end; kills it and fails when the time is over. */
    public Result run(Duration limit) throws IOException, InterruptedException {
        Path stdout = Files.createTempFile("lo-migrate-", ".stdout");
        Path stderr = Files.createTempFile("lo-migrate-", ".stderr");
        try {
            var process = start(stdout.toFile(), stderr.toFile());
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            var result = new Result(process.exitValue(), Files.readString(stdout), Files.readString(stderr));
            checkFailuresFile();
            if (!ended) {
                throw new AssertionError("still running after " + limit.toSeconds() + " s\n" + result);
            }
            return result;
        } finally {
            Files.delete(stdout);
            Files.delete(stderr);
        }
    }

    private void checkFailuresFile() throws IOException {
        int flag = arguments.indexOf("--failures");
        if (flag >= 0) {
            Path file = Path.of(arguments.get(flag + 1));
            Secrets.requireNoneIn(file.toString(), Files.exists(file) ? Files.readString(file) : "");
        }
    }

    private ProcessBuilder builder() {
        var builder = new ProcessBuilder(command()).redirectInput(new File("/dev/null"));
        clean(builder.environment());
        if (!QuickStart.options().isEmpty()) {
            builder.environment().put("LO_MIGRATE_JAVA_OPTS", QuickStart.options());
        }
        builder.environment().putAll(environment);
        return builder;
    }

    /** What a developer has set for real servers must not reach a test. */
    static void clean(Map<String, String> environment) {
        environment
                .keySet()
                .removeIf(name -> name.startsWith("LO_MIGRATE_")
                        || name.startsWith("AWS_")
                        || name.startsWith("PG")
                        || name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
    }

    /** The command line as one could type it; secrets are in the environment and not part of it. */
    @Override
    public String toString() {
        return String.join(" ", command());
    }

    /**
     * What a finished process left. There is none that shows one of the {@link Secrets}.
     *
     * @param exitCode its exit code
     * @param stdout all of its stdout
     * @param stderr all of its stderr
     */
    public record Result(int exitCode, String stdout, String stderr) {
        public Result {
            Secrets.requireNoneIn("stdout", stdout);
            Secrets.requireNoneIn("stderr", stderr);
        }

        /** Both streams, stdout first. */
        public String output() {
            return stdout + stderr;
        }

        @Override
        public String toString() {
            return "exit code %d%n--- stdout%n%s%n--- stderr%n%s".formatted(exitCode, stdout, stderr);
        }
    }
}
