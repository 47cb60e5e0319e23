package ch.tocco.lomigrate.flags;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.RunConfig;
import ch.tocco.lomigrate.config.RunConfig.DisplayMode;
import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.values.Converters;
import com.beust.jcommander.Parameter;
import com.beust.jcommander.ParametersDelegate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The flags of a run as a whole. */
public final class RunFlags {
    @Parameter(
            names = "--skip-batch-job-check",
            arity = 1,
            converter = Converters.Switch.class,
            category = Headings.SOURCE,
            order = 11,
            description = "Do not check whether the batch job that deletes unreferenced binaries is inactive.")
    boolean skipBatchJobCheck;

    @Parameter(
            names = "--store-verification",
            placeholder = "MODE",
            converter = Converters.Verification.class,
            category = Headings.TARGET,
            order = 28,
            description =
                    "auto: find out at the start whether the store verifies what it receives, and compare the ETag of"
                            + " each object where it does not; off: trust the store.")
    Boolean storeVerification = true;

    @Parameter(
            names = {"-f", "--finalize"},
            arity = 1,
            converter = Converters.Switch.class,
            category = Headings.RUN,
            order = 45,
            description = "Once nothing is pending, make sha2 NOT NULL and UNIQUE; requires ownership of the table.")
    public boolean finalizeAfter;

    @Parameter(
            names = {"-i", "--interval"},
            placeholder = "s",
            converter = Converters.Seconds.class,
            category = Headings.RUN,
            order = 46,
            description = "Time between two displays of the progress.")
    Duration interval = RunConfig.DEFAULT_INTERVAL;

    @Parameter(
            names = "--display",
            placeholder = "MODE",
            converter = Converters.Display.class,
            category = Headings.RUN,
            order = 47,
            description =
                    "How a terminal shows the progress: line, block (the line and all figures), plain (block after block,"
                            + " as in a file), or auto: block where it fits, else line.")
    DisplayMode display = DisplayMode.AUTO;

    @Parameter(
            names = "--stop-grace",
            placeholder = "s",
            converter = Converters.SecondsOrNone.class,
            category = Headings.RUN,
            order = 48,
            description = "How long PUTs under way may go on after a stop signal.")
    Duration stopGrace = RunConfig.DEFAULT_STOP_GRACE;

    @ParametersDelegate
    final OutageFlags outage = new OutageFlags();

    @Parameter(
            names = "--failures",
            placeholder = "FILE",
            converter = Converters.FilePath.class,
            category = Headings.FAULTS,
            order = 57,
            defaultValueDescription = "no file",
            description = "Write failed objects to this file, one JSON object per line; replaces its former content.")
    Path failures;

    @Parameter(
            names = "--stale-uploads",
            placeholder = "h",
            converter = Converters.Hours.class,
            category = Headings.FAULTS,
            order = 58,
            description = "At the start, abort multipart uploads that earlier runs left in the bucket and that are"
                    + " older than this. 0 aborts none.")
    Duration staleUploads = FaultConfig.DEFAULT_STALE_UPLOADS;

    /** How the run behaves as a whole, with what other groups of flags say of that. */
    @Parameter(
            names = "--hook",
            placeholder = "FILE",
            converter = Converters.FilePath.class,
            category = Headings.RARE,
            order = 908,
            defaultValueDescription = "none",
            description =
                    "Program that is executed at the start (the run is refused where it fails), at an outage, when"
                            + " the server is back, and at the end. LO_EVENT_NAME says which.")
    Path hook;

    /** The program that is told what happens. */
    public Optional<Path> hook() {
        return Optional.ofNullable(hook);
    }

    public RunConfig toConfig(boolean tocco, boolean takeLock, boolean terminal, Optional<Shard> shard) {
        return new RunConfig(
                interval,
                stopGrace,
                finalizeAfter,
                tocco && !skipBatchJobCheck,
                takeLock,
                storeVerification,
                terminal ? display : DisplayMode.PLAIN,
                shard);
    }

    public FaultConfig faults() {
        return new FaultConfig(
                outage.outageTimeout, outage.requestTimeout, Optional.ofNullable(failures), staleUploads);
    }
}
