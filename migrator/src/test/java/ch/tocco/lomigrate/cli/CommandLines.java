package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.arguments.FlagTable;
import ch.tocco.lomigrate.cli.CommandLine.Migrate;
import ch.tocco.lomigrate.cli.CommandLine.Mistaken;
import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.config.Surroundings;
import ch.tocco.lomigrate.subcommands.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads command lines as the tool does, on a machine where nothing is set. */
final class CommandLines {
    static final List<String> REQUIRED =
            List.of("--pg-url", "postgresql://joe@db/nice", "--s3-url", "http://s3:7480", "--bucket", "nice-bin");

    private CommandLines() {}

    static Surroundings bare() {
        return with(Map.of());
    }

    static Surroundings with(Map<String, String> environment) {
        return new Surroundings(environment, Path.of("/nowhere"), "me", Path.of("/tmp/x"), 1L << 30, true);
    }

    /** The required flags, and these. */
    static List<String> required(String... more) {
        List<String> all = new ArrayList<>(REQUIRED);
        all.addAll(List.of(more));
        return all;
    }

    /** The flags of a migration. */
    static FlagTable table() {
        return new FlagTable(Command.MIGRATE.flags());
    }

    static CommandLine parse(List<String> arguments) {
        return CommandLineReader.read(arguments, bare());
    }

    static MigrationConfig config(CommandLine commandLine) {
        return migrate(commandLine).config();
    }

    static Migrate migrate(CommandLine commandLine) {
        if (commandLine.request() instanceof Migrate migrate) {
            return migrate;
        }
        throw new AssertionError(commandLine.request());
    }

    static List<String> mistakes(CommandLine commandLine) {
        return commandLine.request() instanceof Mistaken mistaken ? mistaken.mistakes() : List.of();
    }
}
