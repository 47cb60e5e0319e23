package ch.tocco.lomigrate.command;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.FailureReport;
import ch.tocco.lomigrate.books.FailuresFile;
import ch.tocco.lomigrate.command.Outcome.Kind;
import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.control.ControlSocket;
import ch.tocco.lomigrate.guard.OverwriteGuard;
import ch.tocco.lomigrate.guard.Protection;
import ch.tocco.lomigrate.hooks.Hooks;
import ch.tocco.lomigrate.journal.Journal;
import ch.tocco.lomigrate.lifecycle.Beside;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.locks.Holder;
import ch.tocco.lomigrate.locks.RunLock;
import ch.tocco.lomigrate.locks.SetUpLock;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.monitor.Display;
import ch.tocco.lomigrate.pipeline.Pipeline;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.preflight.BucketCheck;
import ch.tocco.lomigrate.preflight.Finding;
import ch.tocco.lomigrate.preflight.OpenFiles;
import ch.tocco.lomigrate.preflight.Preflight;
import ch.tocco.lomigrate.preflight.StaleUploads;
import ch.tocco.lomigrate.preflight.StoreAnswers;
import ch.tocco.lomigrate.receiver.SpillDir;
import ch.tocco.lomigrate.s3.S3ObjectStore;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.throttle.Throttle;
import ch.tocco.lomigrate.throttle.ThrottleCheck;
import ch.tocco.lomigrate.watch.RunFacts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * One run from the first check to the last: preflight, {@linkplain Pipeline the pipeline}, finalizing. Used once;
 * any thread may call {@link #stop}.
 */
public final class Migration implements Task {
    private static final Logger LOG = LogManager.getLogger(Migration.class);

    /** Connections for parts of giants, in addition to those of PUTs in flight. */
    private static final int CONNECTIONS_FOR_PARTS = 16;

    private final MigrationConfig config;
    private final PgConnections connections;
    private final boolean newTarget;
    private final boolean statePublished;
    private final Preflight preflight;
    private final Display display;
    private final RunControl control;
    private final Hooks hooks;
    private final RunFacts facts;

    /** From the beginning of {@link #run} on. */
    private Watching watching;

    private boolean afterAnother;

    /**
     * Prepares a run; opens nothing yet.
     *
     * @param source which rows
     * @param newTarget begin anew where the state knows the source with another target
     * @param statePublished the subscribers of a publication have the tables of the state
     * @param facts what those are told who watch the run
     * @param progress shows the progress display; if that is live, standard error scrolls by above it
     */
    public Migration(
            MigrationConfig config,
            SourceMapping source,
            boolean newTarget,
            boolean statePublished,
            RunFacts facts,
            PrintStream progress) {
        this.config = config;
        this.facts = facts;
        this.control = Throttle.controlOf(config.throttle());
        this.newTarget = newTarget;
        this.statePublished = statePublished;
        this.connections = new PgConnections(config.postgres());
        this.preflight = new Preflight(
                connections, new SourceSql(source), control, config.faults().requestTimeout());
        this.display = Display.of(progress, config.run().display());
        this.hooks = new Hooks(
                config.steering().hook(),
                config.steering().environment(),
                Map.of(
                        "DATABASE",
                        config.postgres().display(),
                        "BUCKET",
                        config.s3().bucket()),
                control);
        display.takeStandardError();
    }

    /** The same, which adds its failures to those of a run before it. */
    public Migration afterAnother() {
        afterAnother = true;
        return this;
    }

    @Override
    public Outcome run() throws InterruptedException {
        Outcome outcome = attempt();
        hooks.end(outcome.kind().word(), outcome.message());
        return outcome;
    }

    private Outcome attempt() throws InterruptedException {
        LOG.info(
                "run {} of {}{}",
                facts.id(),
                facts.version(),
                facts.source().isEmpty() ? "" : ", source " + facts.source());
        try (Watching begun = Watching.begin(config.watch(), facts)) {
            watching = begun;
            Outcome outcome = migrateOrRefuse();
            begun.ends(outcome);
            return outcome;
        } catch (RefusedException e) {
            return refused(e);
        }
    }

    private Outcome refused(RefusedException e) {
        return new Outcome(control.stopped() ? Kind.STOPPED : Kind.REFUSED, e.getMessage(), e);
    }

    private Outcome migrateOrRefuse() throws InterruptedException {
        try {
            return migrate();
        } catch (RefusedException e) {
            return refused(e);
        } catch (RunAborted e) { // before the pipeline, which decides of its own
            return new Outcome(e.kind() == RunAborted.Kind.OUTAGE ? Kind.OUTAGE : Kind.ABORTED, e.getMessage(), e);
        } catch (IOException e) {
            return new Outcome(Kind.ABORTED, "the spill directory can no longer be used: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such directory";
        }
        return e instanceof AccessDeniedException ? "permission denied" : e.toString();
    }

    @Override
    public void stop() {
        control.stop();
    }

    @SuppressWarnings("try") // the lock is only held
    private Outcome migrate() throws RefusedException, IOException, InterruptedException {
        OpenFiles.check(config.tuning());
        hooks.check();
        try (StoreStart starting = StoreStart.begin(this::store)) {
            Preflight.Found found = preflight.checkMigration(config.run());
            watching.met("PostgreSQL", found.server());
            ThrottleCheck throttle = new ThrottleCheck(config.throttle(), connections, control);
            try (RunLock lock = lock(found.oid());
                    SpillDir spillDir = spillDir()) {
                Finding.report(check(starting, found, throttle));
                starting.started().store().server().ifPresent(name -> watching.met("store", name));
                hooks.start(); // nothing was changed until here
                return migrate(found, starting.started().store(), spillDir, throttle.standbys());
            }
        }
    }

    /** What is to be found out once no other run is at work; the bucket and PostgreSQL are asked side by side. */
    private List<Finding> check(StoreStart starting, Preflight.Found found, ThrottleCheck throttle)
            throws RefusedException, InterruptedException {
        Beside<List<Finding>> trial = Beside.begin("commit-trial", () -> preflight.tryToCommit(found));
        List<Finding> findings = new ArrayList<>();
        try {
            findings.addAll(throttle.check());
            findings.addAll(preflight.connectionRoom(config.tuning(), shard()));
            StoreStart.Started started = starting.started();
            findings.addAll(bucketCheck(started.store()).check(started.head()));
        } finally {
            findings.addAll(trial.get(RuntimeException.class)); // it has a transaction open until then
        }
        return findings;
    }

    private Outcome migrate(Preflight.Found found, ObjectStore store, SpillDir spillDir, List<String> standbys)
            throws RefusedException, IOException, InterruptedException {
        BucketCheck bucket = bucketCheck(store);
        SourceMapping source = found.sql().mapping();
        Protection protection = bucket.protect(source, shard());
        SourceSql ready = setUp(found).ofShard(shard());
        StaleUploads stale = new StaleUploads(store, config.faults().staleUploads(), control);
        Beside<Void> aborting = Beside.begin("stale-uploads", () -> {
            if (shard().isEmpty() || shard().get().number() == 1) { // once for the bucket
                stale.abort();
            }
            return null;
        });
        Outcome outcome;
        try (OverwriteGuard guard =
                OverwriteGuard.begin(protection, store, source.objectKey().prefix(), shard().isEmpty(), control)) {
            outcome = migrate(ready, guard, spillDir, standbys);
        } finally {
            aborting.get(RuntimeException.class);
        }
        bucket.tidy();
        return outcome;
    }

    /** What the table needs once is made by one process, and found by those that start at the same time. */
    @SuppressWarnings("try") // the lock is only held
    private SourceSql setUp(Preflight.Found found) throws RefusedException, InterruptedException {
        try (SetUpLock lock = Preflight.mayMakeSomething(found)
                ? SetUpLock.take(connections, control, found.oid(), config.faults(), shard())
                : null) {
            preflight.addSha2IfMissing(found);
            Preflight.Found ready = preflight.prepareState(found, config.s3(), newTarget, statePublished);
            preflight.tryToSet(ready, config.s3().bucket());
            return ready.sql();
        }
    }

    private Optional<Shard> shard() {
        return config.run().shard();
    }

    private BucketCheck bucketCheck(ObjectStore store) {
        return new BucketCheck(
                store, new StoreAnswers(control), config.s3(), config.run().storeVerification());
    }

    /** Runs after all checks have passed; the failures file is truncated only here. */
    private Outcome migrate(SourceSql sql, OverwriteGuard guard, SpillDir spillDir, List<String> standbys)
            throws RefusedException, IOException, InterruptedException {
        try (FailureReport.Closeable failures = failures();
                Journal journal = Journal.begin(connections, sql, Holder.thisProcess(), options())) {
            Pipeline pipeline = new Pipeline(
                    config,
                    connections,
                    connections,
                    sql,
                    guard,
                    spillDir,
                    display,
                    control,
                    journal.and(reported(failures)),
                    watching::migrates);
            journal.watch(pipeline.counters());
            Counters counters = steered(pipeline, standbys);
            watching.finishes();
            Outcome outcome = new Verdict(config, connections, sql, control).on(counters);
            journal.ended(
                    outcome.kind().name(),
                    outcome.kind() == Kind.ALL_MIGRATED || outcome.kind() == Kind.OBJECTS_FAILED);
            return outcome;
        }
    }

    /** What tells runs apart in the table of runs; nothing secret. */
    private String options() {
        return "{\"receiverThreads\": %d, \"storerThreads\": %d, \"committerThreads\": %d}"
                .formatted(
                        config.tuning().receiverThreads(),
                        config.tuning().storerThreads(),
                        config.tuning().committerThreads());
    }

    @SuppressWarnings("try") // the socket only listens
    private Counters steered(Pipeline pipeline, List<String> standbys) throws IOException, InterruptedException {
        Duration outageTimeout = config.faults().outageTimeout();
        try (Throttle throttle = Throttle.start(config.throttle(), standbys, control, connections, outageTimeout);
                ControlSocket socket = socket(pipeline, throttle)) {
            return pipeline.run();
        }
    }

    /** Null where no other process may know of this run. */
    private ControlSocket socket(Pipeline pipeline, Throttle throttle) {
        return config.steering()
                .sockets()
                .map(places -> ControlSocket.open(places, new Steering(config, control, pipeline, throttle)))
                .orElse(null);
    }

    private FailureReport reported(FailureReport file) {
        return (failure, attempts) -> {
            file.failed(failure, attempts);
            watching.failed(failure, attempts);
        };
    }

    private SpillDir spillDir() throws RefusedException {
        Path parent = config.tuning().spillDir();
        try {
            return SpillDir.create(parent);
        } catch (IOException e) {
            throw new RefusedException("--spill-dir " + parent + " cannot be used: " + reason(e), e);
        }
    }

    private FailureReport.Closeable failures() throws RefusedException {
        Optional<Path> file = config.faults().failuresFile();
        if (file.isEmpty()) {
            return FailureReport.NONE;
        }
        try {
            return afterAnother ? FailuresFile.append(file.get()) : FailuresFile.create(file.get());
        } catch (IOException e) {
            throw new RefusedException("--failures " + file.get() + " cannot be written: " + reason(e), e);
        }
    }

    private RunLock lock(long tableOid) throws RefusedException {
        if (!config.run().takeLock()) {
            LOG.warn("--no-lock: nothing keeps another run from working on the same rows");
            return null;
        }
        try {
            return RunLock.take(connections, control, tableOid, config.faults(), shard());
        } catch (SQLException e) {
            throw new RefusedException("the run lock cannot be taken: " + SqlFaults.describe(e), e);
        }
    }

    private ObjectStore store() throws RefusedException {
        int connections = config.tuning().storerThreads() + CONNECTIONS_FOR_PARTS;
        try {
            return new S3ObjectStore(config.s3(), connections, config.faults().requestTimeout());
        } catch (IllegalStateException e) {
            throw new RefusedException(e.getMessage(), e);
        }
    }
}
