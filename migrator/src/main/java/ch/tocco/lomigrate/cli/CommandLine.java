package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.config.MigrationConfig;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param warnings what the user should know whatever happens next
 * @param request what to do
 */
record CommandLine(List<String> warnings, Request request) {
    CommandLine {
        warnings = List.copyOf(warnings);
    }

    /** What to do. */
    sealed interface Request permits Help, Version, Mistaken, Migrate {}

    /** Show the help. */
    record Help() implements Request {}

    /** Show the version. */
    record Version() implements Request {}

    /**
     * Say what is wrong and do nothing.
     *
     * @param mistakes all of them, without secrets
     */
    record Mistaken(List<String> mistakes) implements Request {
        Mistaken {
            mistakes = List.copyOf(mistakes);
        }
    }

    /**
     * Run a migration.
     *
     * @param config what the pipeline is built from
     * @param effective the configuration as text, secrets masked
     * @param logLevel level for this tool's own loggers
     * @param debug show stack traces
     */
    record Migrate(MigrationConfig config, String effective, String logLevel, boolean debug) implements Request {}
}
