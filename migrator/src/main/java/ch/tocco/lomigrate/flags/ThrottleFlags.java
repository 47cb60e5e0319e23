package ch.tocco.lomigrate.flags;

import ch.tocco.lomigrate.pacing.DailyWindow;
import ch.tocco.lomigrate.pacing.Limits;
import ch.tocco.lomigrate.pacing.ThrottleConfig;
import ch.tocco.lomigrate.values.Converters;
import ch.tocco.lomigrate.values.ThrottleValues;
import com.beust.jcommander.Parameter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What makes a migration gentle with production. */
public final class ThrottleFlags {
    @Parameter(
            names = "--max-rate",
            placeholder = "COUNT",
            converter = ThrottleValues.SmallCount.class,
            category = Headings.THROTTLE,
            order = 63,
            defaultValueDescription = "as fast as it goes",
            description = "PUTs that begin in a second, tries again included.")
    Integer maxRate;

    @Parameter(
            names = "--bwlimit",
            placeholder = "RATE",
            converter = ThrottleValues.BandwidthLimit.class,
            category = Headings.THROTTLE,
            order = 64,
            defaultValueDescription = "off",
            description =
                    "Bytes a second that PUTs and parts send, in KiB or with B, K, M, G or T; or by day and hour of"
                            + " the machine's time zone, as in \"08:00,5M 18:00,50M Sat-00:00,off\".")
    ThrottleValues.Bandwidth bandwidth;

    @Parameter(
            names = "--pause-file",
            placeholder = "FILE",
            converter = Converters.FilePath.class,
            category = Headings.THROTTLE,
            order = 65,
            defaultValueDescription = "no file",
            description = "Pause while this file exists: begin no read and no PUT, and commit what is stored.")
    Path pauseFile;

    @Parameter(
            names = "--window",
            placeholder = "HH:MM-HH:MM",
            converter = ThrottleValues.Window.class,
            category = Headings.THROTTLE,
            order = 66,
            defaultValueDescription = "all day",
            description = "Pause outside of these hours of the machine's time zone, as in 22:00-06:00.")
    DailyWindow window;

    @Parameter(
            names = "--max-lag",
            placeholder = "TIME",
            converter = ThrottleValues.Time.class,
            category = Headings.THROTTLE,
            order = 67,
            defaultValueDescription = "not watched",
            description =
                    "Pause while a standby is further behind, as in 10s; also while one of them is not connected.")
    ThrottleValues.Span maxLag;

    @Parameter(
            names = "--lag-standbys",
            placeholder = "NAMES",
            converter = ThrottleValues.StandbyNames.class,
            category = Headings.RARE,
            order = 900,
            defaultValueDescription = "those connected at the start",
            description = "Standbys that --max-lag watches, by application_name, with commas between them.")
    ThrottleValues.Standbys standbys;

    @Parameter(
            names = "--max-slot-lag",
            placeholder = "BYTES",
            converter = ThrottleValues.Bytes.class,
            category = Headings.RARE,
            order = 901,
            defaultValueDescription = "not watched",
            description = "Pause while a replication slot holds back more WAL, as in 10G.")
    Long maxSlotLag;

    @Parameter(
            names = "--max-archive-backlog",
            placeholder = "FILES",
            converter = ThrottleValues.SmallCount.class,
            category = Headings.RARE,
            order = 902,
            defaultValueDescription = "not watched",
            description = "Pause while more WAL files wait for their archiving.")
    Integer maxArchiveBacklog;

    @Parameter(
            names = "--max-load",
            placeholder = "LOAD",
            converter = ThrottleValues.MaxLoad.class,
            category = Headings.THROTTLE,
            order = 68,
            defaultValueDescription = "not watched",
            description = "Pause while more sessions of others are active on the server.")
    ThrottleValues.Load maxLoad;

    @Parameter(
            names = "--critical-load",
            placeholder = "LOAD",
            converter = ThrottleValues.MaxLoad.class,
            category = Headings.RARE,
            order = 903,
            defaultValueDescription = "not watched",
            description =
                    "End the run, with exit code 11, when three looks in a row find more active sessions of others.")
    ThrottleValues.Load criticalLoad;

    @Parameter(
            names = "--throttle-query",
            placeholder = "SQL",
            converter = ThrottleValues.Sql.class,
            category = Headings.RARE,
            order = 904,
            defaultValueDescription = "none",
            description = "Pause while this query gives a number above 0, fails, or takes over two seconds.")
    String throttleQuery;

    @Parameter(
            names = "--max-duration",
            placeholder = "TIME",
            converter = ThrottleValues.Time.class,
            category = Headings.THROTTLE,
            order = 69,
            defaultValueDescription = "no limit",
            description = "End the run after so long, as in 5h, with exit code 10 while rows are pending.")
    ThrottleValues.Span maxDuration;

    @Parameter(
            names = "--max-objects",
            placeholder = "COUNT",
            converter = ThrottleValues.Count.class,
            category = Headings.RARE,
            order = 905,
            defaultValueDescription = "no limit",
            description = "End the run after so many PUTs have begun, with exit code 10 while rows are pending.")
    Long maxObjects;

    @Parameter(
            names = "--max-bytes",
            placeholder = "BYTES",
            converter = ThrottleValues.Bytes.class,
            category = Headings.RARE,
            order = 906,
            defaultValueDescription = "no limit",
            description = "The same once the PUTs that have begun have so many bytes, as in 500G.")
    Long maxBytes;

    @Parameter(
            names = "--max-failures",
            placeholder = "N|P%",
            converter = ThrottleValues.MaxFailures.class,
            category = Headings.RARE,
            order = 907,
            defaultValueDescription = "no limit",
            description = "End the run, with exit code 4, once so many objects have failed, or so many percent of those"
                    + " that are settled.")
    Limits.Failures maxFailures;

    public ThrottleConfig toConfig(Mistakes mistakes) {
        if (standbys != null && maxLag == null) {
            mistakes.mistake("--lag-standbys", "names standbys, but --max-lag is missing");
        }
        if (maxLoad != null && criticalLoad != null && criticalLoad.active() <= maxLoad.active()) {
            mistakes.mistake("--critical-load", "must be above --max-load, which is " + maxLoad);
        }
        return new ThrottleConfig(
                optional(maxRate),
                Optional.ofNullable(bandwidth).map(ThrottleValues.Bandwidth::timetable),
                Optional.ofNullable(pauseFile),
                Optional.ofNullable(window),
                Optional.ofNullable(maxLag).map(ThrottleValues.Span::length),
                standbys == null ? List.of() : standbys.names(),
                optional(maxSlotLag),
                optional(maxArchiveBacklog),
                optional(maxLoad == null ? null : maxLoad.active()),
                optional(criticalLoad == null ? null : criticalLoad.active()),
                Optional.ofNullable(throttleQuery),
                limits());
    }

    private Limits limits() {
        return new Limits(
                Optional.ofNullable(maxDuration).map(ThrottleValues.Span::length),
                optional(maxObjects),
                optional(maxBytes),
                Optional.ofNullable(maxFailures));
    }

    private static OptionalInt optional(Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private static OptionalLong optional(Long number) {
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }
}
