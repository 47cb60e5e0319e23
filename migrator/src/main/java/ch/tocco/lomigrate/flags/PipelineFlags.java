package ch.tocco.lomigrate.flags;

import static ch.tocco.lomigrate.config.TuningConfig.*;

import ch.tocco.lomigrate.config.Surroundings;
import ch.tocco.lomigrate.config.TuningConfig;
import ch.tocco.lomigrate.values.Converters;
import com.beust.jcommander.Parameter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Flags that change how fast a run is and how much memory and disk it takes, never its result. */
public final class PipelineFlags {
    private static final long MIB = 1L << 20;

    /** Heap that the program itself needs, rings and SDK included. */
    private static final long HEAP_WITHOUT_BUDGET = 64 * MIB;

    @Parameter(
            names = "--receiver-threads",
            placeholder = "INT",
            converter = Converters.Threads.class,
            category = Headings.PIPELINE,
            order = 30,
            description = "Receivers, each reading large objects over a connection of its own.")
    Integer receiverThreads = DEFAULT_RECEIVER_THREADS;

    @Parameter(
            names = "--storer-threads",
            placeholder = "INT",
            converter = Converters.Threads.class,
            category = Headings.PIPELINE,
            order = 31,
            description = "PUTs in flight at once.")
    Integer storerThreads = DEFAULT_STORER_THREADS;

    @Parameter(
            names = "--committer-threads",
            placeholder = "INT",
            converter = Converters.Threads.class,
            category = Headings.PIPELINE,
            order = 32,
            description = "Committers, each writing SHA-256 values over a connection of its own.")
    Integer committerThreads = DEFAULT_COMMITTER_THREADS;

    @Parameter(
            names = "--receiver-queue",
            placeholder = "INT",
            converter = Converters.Ring.class,
            category = Headings.PIPELINE,
            order = 33,
            description = "Rows waiting to be read; rounded up to a power of two, like the other queues.")
    Converters.RingSize receiverQueue = new Converters.RingSize(DEFAULT_RECEIVER_QUEUE);

    @Parameter(
            names = "--storer-queue",
            placeholder = "INT",
            converter = Converters.Ring.class,
            category = Headings.PIPELINE,
            order = 34,
            description = "Objects waiting to be stored.")
    Converters.RingSize storerQueue = new Converters.RingSize(DEFAULT_STORER_QUEUE);

    @Parameter(
            names = "--committer-queue",
            placeholder = "INT",
            converter = Converters.Ring.class,
            category = Headings.PIPELINE,
            order = 35,
            description = "Rows waiting to be committed.")
    Converters.RingSize committerQueue = new Converters.RingSize(DEFAULT_COMMITTER_QUEUE);

    @Parameter(
            names = "--commit-chunk",
            placeholder = "INT",
            converter = Converters.CommitChunk.class,
            category = Headings.PIPELINE,
            order = 36,
            description = "Most rows committed per transaction; fewer, down to 10, where these take over 0.2 s.")
    Integer commitChunk = DEFAULT_COMMIT_CHUNK;

    @Parameter(
            names = "--in-mem-max",
            placeholder = "KiB",
            converter = Converters.InMemMax.class,
            category = Headings.PIPELINE,
            order = 37,
            description = "Largest object kept in memory; larger ones go through a spill file. 0 spills everything.")
    Long inMemMax = DEFAULT_IN_MEM_MAX;

    @Parameter(
            names = "--memory-budget",
            placeholder = "MiB",
            converter = Converters.MemoryBudget.class,
            category = Headings.PIPELINE,
            order = 38,
            description = "Objects in memory at any moment. The launcher fits the Java heap to it.")
    Long memoryBudget = DEFAULT_MEMORY_BUDGET;

    @Parameter(
            names = "--spill-dir",
            placeholder = "DIR",
            converter = Converters.FilePath.class,
            category = Headings.PIPELINE,
            order = 39,
            defaultValueDescription = "the JVM's java.io.tmpdir, usually /tmp",
            description = "Where spill files go, in a private directory that is deleted at the end.")
    Path spillDir;

    @Parameter(
            names = "--spill-budget",
            placeholder = "GiB",
            converter = Converters.GibiBytes.class,
            category = Headings.PIPELINE,
            order = 40,
            defaultValueDescription = SPILL_SHARE_PERCENT + " % of what is free at the start",
            description = "Spill files at any moment; fractions such as 0.5 are allowed.")
    BigDecimal spillBudget;

    /** The settings. Use them only if no mistake was noted. */
    public TuningConfig toConfig(Surroundings surroundings, Mistakes mistakes) {
        if (spillDir == null) {
            spillDir = surroundings.temporary();
        }
        requireHeap(surroundings.heap(), mistakes);
        return new TuningConfig(
                receiverQueue.slots(),
                storerQueue.slots(),
                committerQueue.slots(),
                receiverThreads,
                storerThreads,
                committerThreads,
                commitChunk,
                inMemMax,
                memoryBudget,
                spillDir,
                spillBudget == null ? OptionalLong.empty() : OptionalLong.of(spillBytes()));
    }

    private long spillBytes() {
        return spillBudget.multiply(BigDecimal.valueOf(1L << 30)).longValue();
    }

    /**
     * An object in memory that is larger than the budget passes alone, so it has to fit the heap too. A giant need not fit: the
     * tool sends its spill file piece by piece.
     */
    private void requireHeap(long heap, Mistakes mistakes) {
        long largest = Math.max(memoryBudget, inMemMax);
        if (largest + HEAP_WITHOUT_BUDGET > heap) {
            mistakes.mistake(
                    largest == memoryBudget ? "--memory-budget" : "--in-mem-max",
                    "of " + largest / MIB + " MiB does not fit the Java heap of " + heap / MIB + " MiB: it takes -Xmx"
                            + (largest + HEAP_WITHOUT_BUDGET + MIB - 1) / MIB
                            + "m (LO_MIGRATE_JAVA_OPTS), or a higher --memory-budget where bin/lo-migrate sets the"
                            + " heap");
        }
    }
}
