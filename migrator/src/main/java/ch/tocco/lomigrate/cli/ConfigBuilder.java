package ch.tocco.lomigrate.cli;

import static ch.tocco.lomigrate.config.TuningConfig.*;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.config.RunConfig;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.config.SourceTable;
import ch.tocco.lomigrate.config.TuningConfig;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Builds the configuration from what was given for each flag, and notes every mistake on the way. */
final class ConfigBuilder {
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final int MAX_SECONDS = 86_400;
    private static final int MAX_MINUTES = 100_000;
    private static final int MAX_HOURS = 100_000;
    private static final int MAX_MEMORY_MIB = 1 << 20;
    private static final int MAX_SPILL_GIB = 1 << 20;

    /** What the program itself needs of the heap, rings and SDK included. */
    private static final long HEAP_BESIDE_BUDGET = 64 * MIB;

    private final Flags flags;
    private final Values values;
    private final Surroundings surroundings;
    private final Findings findings;
    private String passwordSource = "";

    ConfigBuilder(Flags flags, Values values, Surroundings surroundings, Findings findings) {
        this.flags = flags;
        this.values = values;
        this.surroundings = surroundings;
        this.findings = findings;
    }

    /** The configuration; empty only after a mistake was noted. */
    Optional<MigrationConfig> build() {
        Optional<PostgresConfig> postgres = postgres();
        Optional<S3Config> s3 = new StoreBuilder(flags, values, findings).build();
        TuningConfig tuning = tuning();
        RunConfig run = run();
        FaultConfig faults = faults();
        requireHeap(tuning);
        return postgres.isEmpty() || s3.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new MigrationConfig(postgres.get(), s3.get(), SourceTable.NICE_BINARY, tuning, run, faults));
    }

    /** Where the database password came from, in words. */
    String passwordSource() {
        return passwordSource;
    }

    private Optional<PostgresConfig> postgres() {
        if (!values.isPresent("--pg-url", flags.pgUrl)) {
            return Optional.empty();
        }
        try {
            PgUrl url = PgUrl.parse(flags.pgUrl, surroundings.user());
            PgPassword password = PgPassword.find(url, surroundings);
            password.warnings().forEach(findings::warning);
            passwordSource = password.source();
            return Optional.of(url.config(password.value()));
        } catch (PgUrlException e) {
            e.mistakes().forEach(mistake -> values.mistake("--pg-url", mistake));
            return Optional.empty();
        }
    }

    private TuningConfig tuning() {
        return new TuningConfig(
                values.ring("--receiver-queue", flags.receiverQueue, DEFAULT_RECEIVER_QUEUE, MAX_QUEUE),
                values.ring("--storer-queue", flags.storerQueue, DEFAULT_STORER_QUEUE, MAX_QUEUE),
                values.ring("--committer-queue", flags.committerQueue, DEFAULT_COMMITTER_QUEUE, MAX_QUEUE),
                threads("--receiver-threads", flags.receiverThreads, DEFAULT_RECEIVER_THREADS),
                threads("--storer-threads", flags.storerThreads, DEFAULT_STORER_THREADS),
                threads("--committer-threads", flags.committerThreads, DEFAULT_COMMITTER_THREADS),
                values.integer("--commit-chunk", flags.commitChunk, DEFAULT_COMMIT_CHUNK, 1, MAX_COMMIT_CHUNK),
                KIB * values.number("--in-mem-max", flags.inMemMax, DEFAULT_IN_MEM_MAX / KIB, 0, MAX_IN_MEM_MAX / KIB),
                MIB
                        * values.number(
                                "--memory-budget", flags.memoryBudget, DEFAULT_MEMORY_BUDGET / MIB, 1, MAX_MEMORY_MIB),
                spillDir(),
                values.gibibytes("--spill-budget", flags.spillBudget, MAX_SPILL_GIB));
    }

    private int threads(String flag, String text, int otherwise) {
        return values.integer(flag, text, otherwise, 1, MAX_THREADS);
    }

    private Path spillDir() {
        if (flags.spillDir == null || !values.isNotEmpty("--spill-dir", flags.spillDir)) {
            return surroundings.temporary();
        }
        try {
            return Path.of(flags.spillDir);
        } catch (InvalidPathException e) {
            values.mistake("--spill-dir", "is no path: '" + flags.spillDir + "'");
            return surroundings.temporary();
        }
    }

    private RunConfig run() {
        return new RunConfig(
                seconds("--interval", flags.interval, RunConfig.DEFAULT_INTERVAL, 1),
                seconds("--stop-grace", flags.stopGrace, RunConfig.DEFAULT_STOP_GRACE, 0),
                values.isOn("--finalize", flags.finalizeAfter),
                !values.isOn("--skip-batch-job-check", flags.skipBatchJobCheck),
                !values.isOn("--no-lock", flags.noLock),
                surroundings.terminal());
    }

    private FaultConfig faults() {
        return new FaultConfig(
                Duration.ofMinutes(values.number(
                        "--outage-timeout",
                        flags.outageTimeout,
                        FaultConfig.DEFAULT_OUTAGE_TIMEOUT.toMinutes(),
                        0,
                        MAX_MINUTES)),
                seconds("--request-timeout", flags.requestTimeout, FaultConfig.DEFAULT_REQUEST_TIMEOUT, 1),
                failures(),
                Duration.ofHours(values.number(
                        "--stale-uploads",
                        flags.staleUploads,
                        FaultConfig.DEFAULT_STALE_UPLOADS.toHours(),
                        0,
                        MAX_HOURS)));
    }

    private Optional<Path> failures() {
        if (flags.failures == null || !values.isNotEmpty("--failures", flags.failures)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(flags.failures));
        } catch (InvalidPathException e) {
            values.mistake("--failures", "is no path: '" + flags.failures + "'");
            return Optional.empty();
        }
    }

    private Duration seconds(String flag, String text, Duration otherwise, int min) {
        return Duration.ofSeconds(values.number(flag, text, otherwise.toSeconds(), min, MAX_SECONDS));
    }

    /**
     * One object that is larger than the budget passes alone, so it has to fit the heap too. What goes into a spill file is
     * also sent from there, piece by piece, however large the request is.
     */
    private void requireHeap(TuningConfig tuning) {
        long largest = Math.max(tuning.memoryBudget(), tuning.inMemMax());
        if (largest + HEAP_BESIDE_BUDGET > surroundings.heap()) {
            values.mistake(
                    largest == tuning.memoryBudget() ? "--memory-budget" : "--in-mem-max",
                    "of " + largest / MIB + " MiB does not fit the Java heap of " + surroundings.heap() / MIB
                            + " MiB: it takes -Xmx" + (largest + HEAP_BESIDE_BUDGET + MIB - 1) / MIB
                            + "m (LO_MIGRATE_JAVA_OPTS), or a higher --memory-budget where bin/lo-migrate sets the"
                            + " heap");
        }
    }
}
