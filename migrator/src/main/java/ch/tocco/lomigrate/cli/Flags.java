package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.config.TuningConfig;
import com.beust.jcommander.Parameter;

/**
 * Every flag, declared once: names, unit, default and help text. Values arrive as the text that was given, null where
 * nothing was; {@link ConfigBuilder} reads them. A flag without a placeholder is a switch. Long because it is a table.
 */
final class Flags {
    static final String SOURCE = "Source database";
    static final String TARGET = "Target store";
    static final String PIPELINE = "Pipeline and budgets";
    static final String RUN = "Run";
    static final String FAULTS = "Faults and outages";
    static final String OTHER = "Other";

    @Parameter(
            names = {"-p", "--pg-url"},
            placeholder = "URL",
            category = SOURCE,
            order = 10,
            description = "Database to migrate: postgresql://USER:PASS@HOST:PORT/DB?params, several hosts as"
                    + " HOST1:PORT1,HOST2. Reserved characters percent-encoded. sslmode and sslrootcert work as with"
                    + " psql. Without a password: PGPASSWORD, then PGPASSFILE or ~/.pgpass. Required.")
    String pgUrl;

    @Parameter(
            names = "--skip-batch-job-check",
            category = SOURCE,
            order = 11,
            description = "Run without looking whether the batch job that deletes unreferenced binaries is inactive.")
    String skipBatchJobCheck;

    @Parameter(
            names = "--no-lock",
            category = SOURCE,
            order = 12,
            description = "Run without the advisory lock that keeps a second run off the same table; for connections"
                    + " through a transaction pooler.")
    String noLock;

    @Parameter(
            names = {"-u", "--s3-url"},
            placeholder = "URL",
            category = TARGET,
            order = 20,
            description = "S3 endpoint without the bucket, as in https://s3.example.com. Required.")
    String s3Url;

    @Parameter(
            names = {"-b", "--bucket"},
            placeholder = "NAME",
            category = TARGET,
            order = 21,
            description = "Bucket that takes the objects; it must exist. Required.")
    String bucket;

    @Parameter(
            names = {"-k", "--access-key"},
            placeholder = "KEY",
            category = TARGET,
            order = 22,
            defaultValueDescription = "AWS default credential chain",
            description = "S3 access key.")
    String accessKey;

    @Parameter(
            names = {"-s", "--secret-key"},
            placeholder = "KEY",
            category = TARGET,
            order = 23,
            defaultValueDescription = "AWS default credential chain",
            description = "S3 secret key. Other users of this machine can read a command line: better use"
                    + " LO_MIGRATE_SECRET_KEY or an @file.")
    String secretKey;

    @Parameter(
            names = "--region",
            placeholder = "NAME",
            category = TARGET,
            order = 24,
            defaultValueDescription = "us-east-1",
            description = "Region that requests are signed for.")
    String region;

    @Parameter(
            names = "--virtual-hosted",
            category = TARGET,
            order = 25,
            description = "Put the bucket into the host name instead of the path.")
    String virtualHosted;

    @Parameter(
            names = "--upload-chunk-size",
            placeholder = "KiB",
            category = TARGET,
            order = 26,
            defaultValueDescription = "20480",
            description = "Size of one part of a multipart upload, at least 5120.")
    String uploadChunkSize;

    @Parameter(
            names = "--multipart-threshold",
            placeholder = "KiB",
            category = TARGET,
            order = 27,
            defaultValueDescription = "262144",
            description =
                    "Largest object that is sent in one request instead of parts; 0: what is not larger than a part.")
    String multipartThreshold;

    @Parameter(
            names = "--receiver-threads",
            placeholder = "INT",
            category = PIPELINE,
            order = 30,
            defaultValueDescription = "" + TuningConfig.DEFAULT_RECEIVER_THREADS,
            description = "Receivers, each reading large objects over a connection of its own.")
    String receiverThreads;

    @Parameter(
            names = "--storer-threads",
            placeholder = "INT",
            category = PIPELINE,
            order = 31,
            defaultValueDescription = "" + TuningConfig.DEFAULT_STORER_THREADS,
            description = "PUTs in flight at once.")
    String storerThreads;

    @Parameter(
            names = "--committer-threads",
            placeholder = "INT",
            category = PIPELINE,
            order = 32,
            defaultValueDescription = "" + TuningConfig.DEFAULT_COMMITTER_THREADS,
            description = "Committers, each writing hashes over a connection of its own.")
    String committerThreads;

    @Parameter(
            names = "--receiver-queue",
            placeholder = "INT",
            category = PIPELINE,
            order = 33,
            defaultValueDescription = "" + TuningConfig.DEFAULT_RECEIVER_QUEUE,
            description = "Rows waiting to be read; rounded up to a power of two, like the other queues.")
    String receiverQueue;

    @Parameter(
            names = "--storer-queue",
            placeholder = "INT",
            category = PIPELINE,
            order = 34,
            defaultValueDescription = "" + TuningConfig.DEFAULT_STORER_QUEUE,
            description = "Objects waiting to be stored.")
    String storerQueue;

    @Parameter(
            names = "--committer-queue",
            placeholder = "INT",
            category = PIPELINE,
            order = 35,
            defaultValueDescription = "" + TuningConfig.DEFAULT_COMMITTER_QUEUE,
            description = "Hashes waiting to be committed.")
    String committerQueue;

    @Parameter(
            names = "--commit-chunk",
            placeholder = "INT",
            category = PIPELINE,
            order = 36,
            defaultValueDescription = "" + TuningConfig.DEFAULT_COMMIT_CHUNK,
            description = "Hashes committed per transaction.")
    String commitChunk;

    @Parameter(
            names = "--in-mem-max",
            placeholder = "KiB",
            category = PIPELINE,
            order = 37,
            defaultValueDescription = "1024",
            description = "Largest object kept in memory; larger ones go through a spill file. 0 spills everything.")
    String inMemMax;

    @Parameter(
            names = "--memory-budget",
            placeholder = "MiB",
            category = PIPELINE,
            order = 38,
            defaultValueDescription = "96",
            description = "Objects in memory at any moment. The launcher fits the Java heap to it.")
    String memoryBudget;

    @Parameter(
            names = "--spill-dir",
            placeholder = "DIR",
            category = PIPELINE,
            order = 39,
            defaultValueDescription = "the JVM's java.io.tmpdir, usually /tmp",
            description = "Where spill files go, in a private directory that is deleted at the end.")
    String spillDir;

    @Parameter(
            names = "--spill-budget",
            placeholder = "GiB",
            category = PIPELINE,
            order = 40,
            defaultValueDescription = TuningConfig.SPILL_SHARE_PERCENT + " % of what is free at the start",
            description = "Spill files at any moment; fractions such as 0.5 are allowed.")
    String spillBudget;

    @Parameter(
            names = {"-f", "--finalize"},
            category = RUN,
            order = 50,
            description = "Once nothing is pending, make sha2 NOT NULL and UNIQUE; takes the owner of the table.")
    String finalizeAfter;

    @Parameter(
            names = {"-i", "--interval"},
            placeholder = "s",
            category = RUN,
            order = 51,
            defaultValueDescription = "10",
            description = "Time between two displays of the progress.")
    String interval;

    @Parameter(
            names = "--stop-grace",
            placeholder = "s",
            category = RUN,
            order = 52,
            defaultValueDescription = "10",
            description = "How long PUTs under way may go on after a stop signal.")
    String stopGrace;

    @Parameter(
            names = "--log-level",
            placeholder = "LEVEL",
            category = RUN,
            order = 53,
            defaultValueDescription = "info",
            description =
                    "What to log on stderr: error, warn, info, debug or trace. Failed objects are logged at warn.")
    String logLevel;

    @Parameter(names = "--debug", category = RUN, order = 54, description = "Show stack traces.")
    String debug;

    @Parameter(
            names = "--outage-timeout",
            placeholder = "min",
            category = FAULTS,
            order = 55,
            defaultValueDescription = "30",
            description = "How long database or store may be away before the run ends, with exit code 5.")
    String outageTimeout;

    @Parameter(
            names = "--request-timeout",
            placeholder = "s",
            category = FAULTS,
            order = 56,
            defaultValueDescription = "60",
            description = "How long database or store may say nothing in the middle of a request before it counts as"
                    + " away.")
    String requestTimeout;

    @Parameter(
            names = "--failures",
            placeholder = "FILE",
            category = FAULTS,
            order = 57,
            defaultValueDescription = "none",
            description = "List failed objects in this file, a JSON object a line; what it held before is replaced.")
    String failures;

    @Parameter(
            names = "--stale-uploads",
            placeholder = "h",
            category = FAULTS,
            order = 58,
            defaultValueDescription = "24",
            description = "At the start, abort multipart uploads that earlier runs left in the bucket this long ago;"
                    + " 0 leaves all.")
    String staleUploads;

    @Parameter(
            names = {"-h", "--help"},
            category = OTHER,
            order = 60,
            description = "Show this help.")
    String help;

    @Parameter(
            names = {"-V", "--version"},
            category = OTHER,
            order = 61,
            description = "Show the version.")
    String version;
}
