package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.benchmarks.process.JavaProcess;
import ch.tocco.lomigrate.benchmarks.process.StoreProcess;
import ch.tocco.lomigrate.config.S3Config;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A running {@link StoreProcess}. */
public final class Store implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;
    private final int port;
    private final int databasePort;

    /**
     * What the store has seen.
     *
     * @param objects since the last reset
     * @param firstMillis when the first one came, in the terms of {@link System#currentTimeMillis}
     * @param giants those of them that came in parts
     */
    public record Seen(long objects, long firstMillis, long giants) {}

    private Store(Process process, Workload workload, int database) throws IOException {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.US_ASCII);
        this.commands = process.outputWriter(StandardCharsets.US_ASCII);
        String[] ports = answers.readLine().split(" ", -1);
        this.port = Integer.parseInt(ports[0]);
        // No relay where it would only cost CPU time.
        this.databasePort = workload.isDistant() ? Integer.parseInt(ports[1]) : database;
    }

    static Store start(Workload workload, int database) throws IOException {
        Process process = JavaProcess.of(
                        StoreProcess.class,
                        List.of("-Xmx64m", "-XX:+UseG1GC"),
                        Long.toString(workload.storeDelay().toMillis()),
                        Integer.toString(database),
                        Long.toString(workload.databaseDelay().toMillis()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new Store(process, workload, database);
    }

    int port() {
        return port;
    }

    /** Where the database seems to be. */
    int databasePort() {
        return databasePort;
    }

    S3Config config() {
        return new S3Config(
                URI.create("http://127.0.0.1:" + port),
                S3Config.DEFAULT_REGION,
                "bucket",
                Optional.of(new S3Config.Keys("access", "secret")),
                false,
                S3Config.DEFAULT_MULTIPART_THRESHOLD,
                S3Config.DEFAULT_PART_SIZE);
    }

    void reset() throws IOException {
        ask("reset");
    }

    Seen seen() throws IOException {
        String[] numbers = ask("seen").split(" ", -1);
        return new Seen(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
    }

    private String ask(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        return answers.readLine();
    }

    @Override
    public void close() throws IOException {
        commands.close();
        process.destroy();
    }
}
