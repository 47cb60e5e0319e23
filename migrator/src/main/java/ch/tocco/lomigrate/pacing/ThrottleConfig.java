package ch.tocco.lomigrate.pacing;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How gentle a run is with production: what pauses it, how fast it may be, and what ends it early. What is empty sets no
 * bound.
 *
 * @param rate PUTs that may begin in a second
 * @param bandwidth bytes of request bodies a second, by day and hour
 * @param pauseFile the run pauses while this file exists
 * @param window the run pauses outside of these hours
 * @param lag how far behind standbys may be
 * @param standbys whose lag counts, by application_name; empty: those that are connected at the start
 * @param slotLag bytes of WAL that a replication slot may hold back
 * @param archiveBacklog WAL files that may wait for their archiving
 * @param load sessions of others that may be active
 * @param criticalLoad sessions of others whose being active ends the run
 * @param query SQL whose number pauses the run while it is above 0
 * @param limits when the run ends although rows are pending
 */
public record ThrottleConfig(
        OptionalInt rate,
        Optional<Timetable> bandwidth,
        Optional<Path> pauseFile,
        Optional<DailyWindow> window,
        Optional<Duration> lag,
        List<String> standbys,
        OptionalLong slotLag,
        OptionalInt archiveBacklog,
        OptionalInt load,
        OptionalInt criticalLoad,
        Optional<String> query,
        Limits limits) {
    /** A run that takes what it can get. */
    public static final ThrottleConfig NONE = new ThrottleConfig(
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            OptionalLong.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Limits.NONE);

    public ThrottleConfig {
        requireNonNull(rate);
        requireNonNull(bandwidth);
        requireNonNull(pauseFile);
        requireNonNull(window);
        requireNonNull(lag);
        standbys = List.copyOf(standbys);
        requireNonNull(slotLag);
        requireNonNull(archiveBacklog);
        requireNonNull(load);
        requireNonNull(criticalLoad);
        requireNonNull(query);
        requireNonNull(limits);
    }
}
