package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.arguments.ArgumentScanner;
import ch.tocco.lomigrate.arguments.EnvironmentTwins;
import ch.tocco.lomigrate.arguments.Flag;
import ch.tocco.lomigrate.arguments.FlagTable;
import ch.tocco.lomigrate.arguments.Given;
import ch.tocco.lomigrate.arguments.Given.Origin;
import ch.tocco.lomigrate.arguments.Nearest;
import ch.tocco.lomigrate.arguments.Profile;
import ch.tocco.lomigrate.arguments.SourceFiles;
import ch.tocco.lomigrate.cli.CommandLine.Common;
import ch.tocco.lomigrate.cli.CommandLine.Control;
import ch.tocco.lomigrate.cli.CommandLine.Ddl;
import ch.tocco.lomigrate.cli.CommandLine.Discover;
import ch.tocco.lomigrate.cli.CommandLine.Finalize;
import ch.tocco.lomigrate.cli.CommandLine.Help;
import ch.tocco.lomigrate.cli.CommandLine.Migrate;
import ch.tocco.lomigrate.cli.CommandLine.Mistaken;
import ch.tocco.lomigrate.cli.CommandLine.Named;
import ch.tocco.lomigrate.cli.CommandLine.Request;
import ch.tocco.lomigrate.cli.CommandLine.Series;
import ch.tocco.lomigrate.cli.CommandLine.Status;
import ch.tocco.lomigrate.cli.CommandLine.Version;
import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.config.Surroundings;
import ch.tocco.lomigrate.flags.DatabaseFlags;
import ch.tocco.lomigrate.flags.Mistakes;
import ch.tocco.lomigrate.login.PgUrl;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.subcommands.Command;
import ch.tocco.lomigrate.subcommands.CommandFlags;
import ch.tocco.lomigrate.subcommands.ControlFlags;
import ch.tocco.lomigrate.subcommands.DiscoverFlags;
import ch.tocco.lomigrate.subcommands.FinalizeFlags;
import ch.tocco.lomigrate.subcommands.MigrateFlags;
import ch.tocco.lomigrate.subcommands.ProfilesFlags;
import ch.tocco.lomigrate.subcommands.StatusFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads arguments and environment into a {@link CommandLine}. Looks at everything before it answers, so that it reports all
 * mistakes at once; opens no connection.
 */
final class CommandLineReader {
    private final Surroundings surroundings;
    private final Mistakes mistakes = new Mistakes();

    /** The command line, secrets masked; once it is read. */
    private String typed = "";

    private CommandLineReader(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    static CommandLine read(List<String> arguments, Surroundings surroundings) {
        boolean migrates = isMigration(arguments) || arguments.get(0).equals(Command.MIGRATE.text());
        List<SourceFiles.Source> sources =
                migrates ? SourceFiles.of(arguments, new FlagTable(Command.MIGRATE.flags())) : List.of();
        return sources.size() > 1 ? series(sources, arguments, surroundings) : one(arguments, surroundings);
    }

    private static CommandLine one(List<String> arguments, Surroundings surroundings) {
        CommandLineReader reader = new CommandLineReader(surroundings);
        Request request = reader.request(arguments);
        return new CommandLine(reader.mistakes.warnings(), request);
    }

    /** Each source is read as if it were the only one; what is wrong with all of them is said once. */
    private static CommandLine series(
            List<SourceFiles.Source> sources, List<String> arguments, Surroundings surroundings) {
        if (SourceFiles.isNamedBeside(arguments)) {
            String mistake = "--table and --profile belong into the @FILEs where several of these name a source";
            return new CommandLine(List.of(), new Mistaken(List.of(mistake), HelpText.synopsis(Command.MIGRATE)));
        }
        Set<String> warnings = new LinkedHashSet<>();
        Map<String, List<String>> mistakes = new LinkedHashMap<>();
        List<Named> named = new ArrayList<>();
        for (SourceFiles.Source source : sources) {
            CommandLine line = one(source.arguments(), surroundings);
            warnings.addAll(line.warnings());
            if (line.request() instanceof Mistaken mistaken) {
                mistaken.mistakes()
                        .forEach(each -> mistakes.computeIfAbsent(each, m -> new ArrayList<>())
                                .add(source.file()));
            } else if (line.request() instanceof Migrate migrate) {
                named.add(new Named(source.file(), migrate));
            } else {
                return line; // help or version, for whatever source
            }
        }
        Set<Path> reports = new HashSet<>();
        for (Named each : named) {
            for (Path report : each.migrate().config().watch().reports()) {
                if (!reports.add(report)) {
                    mistakes.put(
                            "--report " + report
                                    + " is for several sources, and each would replace that of the one"
                                    + " before: put --report into each @FILE, with a file of its own",
                            sources.stream().map(SourceFiles.Source::file).toList());
                }
            }
        }
        if (!mistakes.isEmpty()) {
            List<String> all = new ArrayList<>();
            mistakes.forEach((mistake, files) ->
                    all.add(files.size() == sources.size() ? mistake : String.join(", ", files) + ": " + mistake));
            return new CommandLine(List.copyOf(warnings), new Mistaken(all, HelpText.synopsis(Command.MIGRATE)));
        }
        return new CommandLine(
                List.copyOf(warnings), new Series(named, named.get(0).migrate().common()));
    }

    private static boolean isMigration(List<String> arguments) {
        return arguments.isEmpty()
                || arguments.get(0).isEmpty()
                || "-@".indexOf(arguments.get(0).charAt(0)) >= 0;
    }

    private Request request(List<String> arguments) {
        if (isMigration(arguments)) {
            return request(Command.MIGRATE, arguments, HelpText.full());
        }
        String name = arguments.get(0);
        return Command.of(name)
                .map(command -> request(command, arguments.subList(1, arguments.size()), HelpText.of(command)))
                .orElseGet(() -> unknown(name));
    }

    /** Shows the name only if it resembles a command: it may be a URL with a password, given without its flag. */
    private static Request unknown(String name) {
        String mistake = Nearest.of(name, Command.texts())
                .map(meant -> "unknown command " + name + " (did you mean " + meant + "?)")
                .orElse("the first argument is neither a flag nor a command; commands are "
                        + String.join(", ", Command.texts()));
        return new Mistaken(List.of(mistake), HelpText.synopsis());
    }

    private Request request(Command command, List<String> arguments, String help) {
        if (command == Command.PROFILES
                && !arguments.isEmpty()
                && "-@".indexOf(arguments.get(0).charAt(0)) < 0) {
            return profile(arguments);
        }
        CommandFlags flags = command.flags();
        FlagTable table = new FlagTable(flags);
        var scanner = new ArgumentScanner(table, mistakes, flags instanceof ControlFlags);
        Map<Flag, Given> given = scanner.scan(arguments);
        EnvironmentTwins twins = new EnvironmentTwins(surroundings.environment());
        twins.addTo(given, table);
        Profile.addTo(given, table, mistakes);
        given.forEach((flag, value) -> set(table, flag, value));
        if (flags.general().help()) {
            return new Help(help);
        }
        if (flags.general().version()) {
            return new Version();
        }
        warnOfSecrets(given);
        warnOfOpenFiles(given);
        twins.warnOfUnknown(mistakes);
        typed = TypedCommand.text(command, given);
        Optional<Request> work = work(flags, table, scanner.words());
        return mistakes.mistakes().isEmpty()
                ? work.orElseThrow()
                : new Mistaken(mistakes.mistakes(), HelpText.synopsis(command));
    }

    /** The profile that is named, as a file. */
    private static Request profile(List<String> arguments) {
        String name = arguments.get(0);
        if (arguments.size() == 1 && Profile.names().contains(name)) {
            return new Help(Profile.text(name));
        }
        String mistake = arguments.size() > 1
                ? "after the name of a profile nothing is wanted"
                : "there is no profile " + name + "; there are " + String.join(", ", Profile.names());
        return new Mistaken(List.of(mistake), HelpText.synopsis(Command.PROFILES));
    }

    /** Empty only after a mistake was noted. */
    private Optional<Request> profiles(ProfilesFlags flags, FlagTable table) {
        if (!flags.ddl()) {
            return Optional.of(new Help(String.join(System.lineSeparator(), Profile.names()) + System.lineSeparator()));
        }
        Optional<PostgresConfig> postgres = flags.postgres(surroundings, mistakes);
        Optional<S3Config> s3 = flags.s3(surroundings, mistakes);
        Optional<SourceMapping> source = flags.mapping(mistakes);
        return postgres.isPresent() && s3.isPresent() && source.isPresent()
                ? Optional.of(new Ddl(
                        postgres.get(),
                        s3.get(),
                        source.get(),
                        common(flags, flags.database(), table, postgres.get(), s3)))
                : Optional.empty();
    }

    private void set(FlagTable table, Flag flag, Given given) {
        mistakes.comesFrom(flag.name(), given.label());
        for (String value : given.values()) {
            table.set(flag, value).ifPresent(wrong -> mistakes.mistake(flag.name(), wrong));
        }
    }

    /** Empty only if a mistake was noted. */
    private Optional<Request> work(CommandFlags flags, FlagTable table, List<String> words) {
        if (flags instanceof ControlFlags control) {
            return control.toRequest(words, surroundings, mistakes)
                    .map(request -> new Control(
                            request,
                            new Common(
                                    typed,
                                    "",
                                    control.general().logLevel(),
                                    control.general().jsonLog(),
                                    control.general().debug())));
        }
        if (flags instanceof ProfilesFlags profiles) {
            return profiles(profiles, table);
        }
        if (flags instanceof MigrateFlags migrate) {
            Optional<SourceMapping> source = migrate.toMapping(mistakes);
            return migrate.toConfig(surroundings, mistakes)
                    .filter(config -> source.isPresent())
                    .map(config -> new Migrate(
                            config,
                            source.get(),
                            migrate.source(),
                            common(flags, migrate.database(), table, config.postgres(), Optional.of(config.s3()))));
        }
        if (flags instanceof StatusFlags status) {
            Optional<PostgresConfig> postgres = status.postgres(surroundings, mistakes);
            Optional<SourceMapping> source = status.mapping(mistakes);
            return postgres.isPresent() && source.isPresent()
                    ? Optional.of(new Status(
                            postgres.get(),
                            source.get(),
                            status.json(),
                            common(flags, status.database(), table, postgres.get(), Optional.empty())))
                    : Optional.empty();
        }
        if (flags instanceof DiscoverFlags discover) {
            return discover.toConfig(surroundings, mistakes)
                    .map(config -> new Discover(
                            config, common(flags, discover.database(), table, config.postgres(), Optional.empty())));
        }
        var finalizing = (FinalizeFlags) flags;
        return finalizing
                .toConfig(surroundings, mistakes)
                .map(config -> new Finalize(
                        config, common(flags, finalizing.database(), table, config.postgres(), Optional.empty())));
    }

    private Common common(
            CommandFlags flags,
            DatabaseFlags database,
            FlagTable table,
            PostgresConfig postgres,
            Optional<S3Config> s3) {
        return new Common(
                typed,
                new EffectiveConfig(table, postgres, database.passwordSource(), s3).text(),
                flags.general().logLevel(),
                flags.general().jsonLog(),
                flags.general().debug());
    }

    private void warnOfSecrets(Map<Flag, Given> given) {
        given.forEach((flag, value) -> {
            if (value.origin() == Origin.COMMAND_LINE && flag.isSecret() && holdsSecret(flag, value.value())) {
                mistakes.warning("other users of this machine can read the secret in " + value.label()
                        + " on the command line: better set " + flag.variable()
                        + (flag.name().equals("--pg-url") ? " or PGPASSWORD" : ""));
            }
        });
    }

    /** Warns once for each file: with the usual mode of a new file, all users of the machine can read it. */
    private void warnOfOpenFiles(Map<Flag, Given> given) {
        given.entrySet().stream()
                .filter(entry -> entry.getValue().origin() == Origin.FILE)
                .filter(entry -> entry.getKey().isSecret()
                        && holdsSecret(entry.getKey(), entry.getValue().value()))
                .map(entry -> entry.getValue().file())
                .distinct()
                .filter(CommandLineReader::isOpen)
                .forEach(file -> mistakes.warning(
                        "other users of this machine can read the secret in @" + file + ": chmod 600 " + file));
    }

    private static boolean isOpen(String file) {
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(Path.of(file));
            return mode.contains(PosixFilePermission.GROUP_READ) || mode.contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // deleted since it was read, or on a file system without modes
        }
    }

    private static boolean holdsSecret(Flag flag, String value) {
        return !flag.name().equals("--pg-url") || PgUrl.mayHoldPassword(value);
    }
}
