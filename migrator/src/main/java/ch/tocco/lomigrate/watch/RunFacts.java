package ch.tocco.lomigrate.watch;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * What does not change during a run.
 *
 * @param id tells this run from all others
 * @param version name and version of the tool
 * @param source which of several sources, as {@code 1 of 2}; empty: there is one
 * @param started when the run began
 * @param command the command line, secrets masked; for the report only
 * @param configuration the settings in effect as text, secrets masked; for the report only
 */
public record RunFacts(
        String id, String version, String source, Instant started, String command, String configuration) {
    public RunFacts {
        requireNonNull(id);
        requireNonNull(version);
        requireNonNull(source);
        requireNonNull(started);
        requireNonNull(command);
        requireNonNull(configuration);
    }
}
