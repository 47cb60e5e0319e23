package ch.tocco.lomigrate.pipeline;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.FailureLimit;
import ch.tocco.lomigrate.books.FailureReport;
import ch.tocco.lomigrate.committer.Committer;
import ch.tocco.lomigrate.committer.FailureStreak;
import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.config.TuningConfig;
import ch.tocco.lomigrate.guard.OverwriteGuard;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lifecycle.StopGrace;
import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.lo.Parts;
import ch.tocco.lomigrate.monitor.Display;
import ch.tocco.lomigrate.monitor.Gauges;
import ch.tocco.lomigrate.monitor.Gauges.Labelled;
import ch.tocco.lomigrate.monitor.Interval;
import ch.tocco.lomigrate.monitor.Monitor;
import ch.tocco.lomigrate.observer.Listing;
import ch.tocco.lomigrate.observer.Observer;
import ch.tocco.lomigrate.observer.TableCount;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.receiver.GiantsAside;
import ch.tocco.lomigrate.receiver.Receiver;
import ch.tocco.lomigrate.receiver.SpillDir;
import ch.tocco.lomigrate.ring.HandlerPool;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.ring.Stage;
import ch.tocco.lomigrate.ring.Worker;
import ch.tocco.lomigrate.ring.WorkerPool;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.storer.Bucket;
import ch.tocco.lomigrate.storer.GiantStorers;
import ch.tocco.lomigrate.storer.Onward;
import ch.tocco.lomigrate.storer.Storer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The pipeline: <b>read {@link #run} first</b>. Objects go from ring to ring, and each stage frees a slot as soon as it
 * has moved the content into an event of its own. Objects above {@code --in-mem-max} have a lane of their own next to
 * the small ones, so that these never wait behind them; receivers that have nothing else to do help there. For one run.
 */
public final class Pipeline {
    /** Objects that a receiver reads with one statement: 128 to 512 read fastest, see the benchmarks. */
    private static final int RECEIVER_BATCH = 256;

    /** And their bytes. */
    private static final long RECEIVER_BATCH_BYTES = 4L << 20;

    /** PUTs that the storer starts in a row. */
    private static final int STORER_BATCH = 16;

    /** Spilled objects that wait for a giants' storer. */
    private static final int GIANT_FILES = 16;

    private static final int GIANT_RECEIVERS = 1;
    private static final int GIANT_STORERS = 4;
    private static final int PART_REQUESTS = 8;

    /** A request that moves, however slowly, may take this many times {@code --request-timeout}. */
    private static final int LONGEST_REQUEST_FACTOR = 10;

    private final TuningConfig tuning;
    private final MigrationConfig config;
    private final SourceSql sql;
    private final OverwriteGuard guard;
    private final SpillDir spillDir;
    private final Display display;
    private final RunControl control;
    private final Consumer<Gauges> watching;
    private final StopGrace grace;
    private final Breaker postgres;
    private final Sessions sessions;
    private final Breaker s3;
    private final Breaker room;
    private final Counters counters = new Counters();
    private final Books books;
    private final Interval interval;
    private volatile Monitor monitor;

    /**
     * Prepares a run; opens nothing yet.
     *
     * @param reading connections to where rows are listed and objects are read
     * @param writing connections to where hashes are written
     * @param guard of the bucket that objects are put into
     * @param watching is handed the numbers of the run when it begins
     */
    public Pipeline(
            MigrationConfig config,
            PgConnections reading,
            PgConnections writing,
            SourceSql sql,
            OverwriteGuard guard,
            SpillDir spillDir,
            Display display,
            RunControl control,
            FailureReport failures,
            Consumer<Gauges> watching) {
        this.watching = watching;
        this.config = config;
        this.tuning = config.tuning();
        this.sql = sql;
        this.guard = guard;
        this.spillDir = spillDir;
        this.display = display;
        this.control = control;
        this.interval = new Interval(config.run().interval());
        this.books = Books.deferring(counters, limited(failures));
        this.grace = new StopGrace(control, config.run().stopGrace());
        Duration outageTimeout = config.faults().outageTimeout();
        this.postgres = new Breaker("PostgreSQL", outageTimeout, control);
        this.sessions = new Sessions(
                reading,
                writing,
                config.faults(),
                postgres,
                control,
                Sessions.toCommit(control, config.run().stopGrace()));
        this.s3 = new Breaker("the store", outageTimeout, control);
        this.room = new Breaker("the spill directory", outageTimeout, control);
    }

    private FailureReport limited(FailureReport failures) {
        return config.throttle()
                .limits()
                .failures()
                .<FailureReport>map(most -> new FailureLimit(most, counters, control, failures))
                .orElse(failures);
    }

    /** The counters of this run, which count once it goes on. */
    public Counters counters() {
        return counters;
    }

    /** Migrates what is pending; returns when all that was listed is settled. How it went is in the counters. */
    @SuppressWarnings("try") // the monitor only runs
    public Counters run() throws IOException, InterruptedException {
        PgSession listing = sessions.listing().openBeside(); // all are opened while the stages are made
        LoRing toReceive =
                new LoRing("receiver", tuning.receiverQueue(), control); // --receiver-queue: rows waiting to be read
        LoRing toStore =
                LoRing.withoutIdle("storer", tuning.storerQueue(), control); // --storer-queue: payloads waiting for S3
        LoRing toCommit = commitRing(); // --committer-queue: hashes waiting for a commit
        LoRing giantsToReceive = LoRing.withoutIdle("giant-receiver", GiantsAside.ROOM, control); // rows kept aside
        LoRing giantsToStore = LoRing.withoutIdle("giant-storer", GIANT_FILES, control);
        var aside = new GiantsAside(giantsToReceive, giantsToStore, toReceive, tuning.receiverThreads(), control);

        ByteBudget memory = new ByteBudget(tuning.memoryBudget(), control::ended);
        control.onEnd(memory::wake);
        ByteBudget disk = new ByteBudget(
                SpillDir.budget(tuning.spillBudget(), spillDir.freeBytes() + spillDir.bytesOfOthers()), control::ended);
        control.onEnd(disk::wake);

        // In the order in which an object flows. Nothing does before the observer lists it.
        var small = new Receiver.Small(tuning.inMemMax(), memory, toStore::put);
        var large = new Receiver.Giants(spillDir, disk, room, this::parts, giantsToStore::put);
        WorkerPool giantReceivers = workers(
                giantsToReceive,
                each(GIANT_RECEIVERS, i -> receiver("giant-receiver", i, small, large, 1, Optional.empty())),
                1);
        Stage receivers = workers(
                toReceive,
                each(
                        tuning.receiverThreads(),
                        i -> receiver(
                                "receiver",
                                i,
                                small,
                                large,
                                RECEIVER_BATCH,
                                Optional.of(aside.helper(giantReceivers)))),
                RECEIVER_BATCH);

        Duration longest = config.faults().requestTimeout().multipliedBy(LONGEST_REQUEST_FACTOR);
        var bucket = new Bucket(guard, s3, control.gate(), longest, grace);
        var fromStorers = new Onward(counters, books, toCommit::put, toCommit::tryPut);
        Stage storers = workers(
                toStore, List.of(new Storer(bucket, fromStorers, control, tuning.storerThreads())), STORER_BATCH);
        var giants = new GiantStorers(
                bucket,
                fromStorers,
                control,
                GIANT_STORERS,
                PART_REQUESTS,
                config.s3().partSize());
        Stage giantStorers = WorkerPool.start(giantsToStore, giants.workers(), 1, Long.MAX_VALUE, this::failed);

        var streak = new FailureStreak();
        Stage committers = HandlerPool.start(
                toCommit,
                each(
                        tuning.committerThreads(),
                        i -> new Committer(
                                sessions.committing(i),
                                sql,
                                config.s3().bucket(),
                                tuning.commitChunk(),
                                counters,
                                books,
                                streak)),
                this::failed);

        var gauges = new Gauges(
                counters,
                List.of(
                        new Labelled<>("receive queue", toReceive),
                        new Labelled<>("store queue", toStore),
                        new Labelled<>("commit queue", toCommit),
                        new Labelled<>("giant rows", giantsToReceive),
                        new Labelled<>("giant files", giantsToStore)),
                List.of(new Labelled<>("objects in memory", memory), new Labelled<>("spill directory", disk)),
                List.of(postgres, s3, room),
                control.gate());
        watching.accept(gauges);

        try (Monitor showing = Monitor.start(gauges, display, interval);
                giants) {
            monitor = showing;
            TableCount count = TableCount.start(sessions.counting(), sql, counters);
            try (PgSession session = listing) {
                var onward = new SmallOrGiant(count, tuning.inMemMax(), toReceive, aside);
                var observer = new Observer(session, sql, counters, books, control, onward);
                new Listing(observer, control, counters, books).run();
            } finally {
                drainAll(receivers, giantReceivers, storers, giantStorers, committers);
                books.closeDeferred();
            }
        }
        return counters;
    }

    /** The time between two displays; it may be changed while the run goes on. */
    public Interval interval() {
        return interval;
    }

    /** What the display would show now; empty before the first object. Any thread. */
    public String status() {
        Monitor showing = monitor;
        return showing == null ? "" : showing.status();
    }

    private Receiver receiver(
            String name,
            int number,
            Receiver.Small small,
            Receiver.Giants large,
            int maxBatch,
            Optional<GiantsAside.Helper> help) {
        PgSession session = sessions.reading(name, number);
        return new Receiver(
                help.isPresent() ? session.openBeside() : session,
                control,
                counters,
                books,
                sql,
                small,
                large,
                maxBatch,
                help);
    }

    /** How an object of so many bytes is uploaded; empty: in one request. */
    private Optional<Parts> parts(long size) {
        return size > config.s3().oneRequest()
                ? Optional.of(Parts.of(size, config.s3().partSize()))
                : Optional.empty();
    }

    /** In this order, each even if one before failed: a stage that is not drained would lose what it has begun. */
    private void drainAll(Stage... stages) throws InterruptedException {
        InterruptedException interrupted = null;
        for (Stage stage : stages) {
            boolean drained = false;
            while (!drained) {
                try {
                    stage.drain();
                    drained = true;
                } catch (InterruptedException e) {
                    interrupted = e;
                    control.stop();
                } catch (RuntimeException | Error e) {
                    failed(e);
                    drained = true;
                }
            }
        }
        if (interrupted != null) {
            throw interrupted;
        }
    }

    /** An error that no stage expects: the run can no longer be trusted. */
    private void failed(Throwable e) {
        control.bug("internal error", e);
    }

    /**
     * What is stored must be committed, also when the run has ended: this ring is never given up. One commit takes what many
     * PUTs have stored, so that not each of them has to wake a committer.
     */
    private LoRing commitRing() {
        return LoRing.gathering("committer", tuning.committerQueue(), RunEnd.NEVER);
    }

    private WorkerPool workers(LoRing ring, List<? extends Worker> workers, int maxBatch) {
        return WorkerPool.start(ring, workers, maxBatch, RECEIVER_BATCH_BYTES, this::failed);
    }

    private static <T> List<T> each(int count, IntFunction<T> make) {
        return IntStream.range(0, count).mapToObj(make).toList();
    }
}
