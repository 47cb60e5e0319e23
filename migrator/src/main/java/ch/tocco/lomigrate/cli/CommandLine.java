package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.config.DiscoverConfig;
import ch.tocco.lomigrate.config.FinalizeConfig;
import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.control.ControlRequest;
import ch.tocco.lomigrate.flags.SourceFlags;
import ch.tocco.lomigrate.mapping.SourceMapping;
import java.util.List;

/**
 * The meaning of a command line: warnings and a request.
 *
 * @param warnings what the user should know, whatever the request is
 * @param request what the user asks for
 */
record CommandLine(List<String> warnings, Request request) {
    CommandLine {
        warnings = List.copyOf(warnings);
    }

    /** What to do. */
    sealed interface Request permits Help, Version, Mistaken, Work {}

    /**
     * Show a help text.
     *
     * @param text the help that was asked for
     */
    record Help(String text) implements Request {}

    /** Show the version. */
    record Version() implements Request {}

    /**
     * Report mistakes and do nothing.
     *
     * @param mistakes all of them, without secrets
     * @param synopsis how to call the command
     */
    record Mistaken(List<String> mistakes, String synopsis) implements Request {
        Mistaken {
            mistakes = List.copyOf(mistakes);
        }
    }

    /** Run a command. */
    sealed interface Work extends Request permits Migrate, Series, Finalize, Status, Discover, Ddl, Control {
        Common common();
    }

    /**
     * The settings that all commands share.
     *
     * @param command the command line, secrets masked
     * @param effective the configuration as text, secrets masked
     * @param logLevel level for this tool's own loggers
     * @param jsonLog each line of the log is an object of JSON
     * @param debug show stack traces
     */
    record Common(String command, String effective, String logLevel, boolean jsonLog, boolean debug) {}

    /**
     * Run a migration.
     *
     * @param config what the pipeline is built from
     * @param source which rows
     * @param flags what else was said of them
     */
    record Migrate(MigrationConfig config, SourceMapping source, SourceFlags flags, Common common) implements Work {}

    /**
     * Run several migrations, one after the other.
     *
     * @param sources one for each
     */
    record Series(List<Named> sources, Common common) implements Work {
        Series {
            sources = List.copyOf(sources);
        }
    }

    /**
     * One of several migrations.
     *
     * @param file that names its source, with its {@code @}
     */
    record Named(String file, Migrate migrate) {}

    /**
     * Print the statements that make the state of a source.
     *
     * @param postgres where the source is
     * @param s3 where its objects go
     * @param source which rows
     */
    record Ddl(PostgresConfig postgres, S3Config s3, SourceMapping source, Common common) implements Work {}

    /**
     * Steer runs that go on.
     *
     * @param request the user's request, and the runs that get it
     */
    record Control(ControlRequest request, Common common) implements Work {}

    /**
     * Finalize a table.
     *
     * @param config which table, and how
     */
    record Finalize(FinalizeConfig config, Common common) implements Work {}

    /**
     * Say how far a migration is.
     *
     * @param postgres which database
     * @param source which rows
     * @param json for a program
     */
    record Status(PostgresConfig postgres, SourceMapping source, boolean json, Common common) implements Work {}

    /**
     * Find the large objects of a database.
     *
     * @param config which database, and what to write
     */
    record Discover(DiscoverConfig config, Common common) implements Work {}
}
