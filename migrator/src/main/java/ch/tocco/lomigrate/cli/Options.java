package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.cli.CommandLine.Help;
import ch.tocco.lomigrate.cli.CommandLine.Migrate;
import ch.tocco.lomigrate.cli.CommandLine.Mistaken;
import ch.tocco.lomigrate.cli.CommandLine.Request;
import ch.tocco.lomigrate.cli.CommandLine.Version;
import ch.tocco.lomigrate.cli.Given.Origin;
import ch.tocco.lomigrate.config.MigrationConfig;
import com.beust.jcommander.JCommander;
import com.beust.jcommander.ParameterDescription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From arguments and environment to a {@link CommandLine}: the one way in. Looks at everything before it answers, so
 * that all mistakes are reported at once; opens no connection.
 */
final class Options {
    private static final List<String> LOG_LEVELS = List.of("error", "warn", "info", "debug", "trace");
    private static final String DEFAULT_LOG_LEVEL = "info";

    private final Surroundings surroundings;
    private final Findings findings = new Findings();
    private final FlagTable table = new FlagTable();

    private Options(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    static CommandLine parse(List<String> arguments, Surroundings surroundings) {
        Options options = new Options(surroundings);
        Request request = options.request(arguments);
        return new CommandLine(options.findings.warnings(), request);
    }

    private Request request(List<String> arguments) {
        Map<Flag, Given> given = new ArgumentScanner(table, findings).scan(arguments);
        EnvironmentTwins twins = new EnvironmentTwins(table, surroundings.environment());
        twins.addTo(given);
        Map<String, Given> byName = new LinkedHashMap<>();
        given.forEach((flag, value) -> byName.put(flag.name(), value));
        Values values = new Values(byName, findings);
        if (values.isOn("--help")) {
            return new Help();
        }
        if (values.isOn("--version")) {
            return new Version();
        }
        warnOfSecrets(given);
        twins.warnOfUnknown(findings);
        return migrate(fill(byName), values);
    }

    private Request migrate(Flags flags, Values values) {
        String logLevel = values.oneOf("--log-level", flags.logLevel, DEFAULT_LOG_LEVEL, LOG_LEVELS);
        boolean debug = values.isOn("--debug", flags.debug);
        ConfigBuilder builder = new ConfigBuilder(flags, values, surroundings, findings);
        Optional<MigrationConfig> config = builder.build();
        if (!findings.mistakes().isEmpty()) {
            return new Mistaken(findings.mistakes());
        }
        MigrationConfig complete = config.orElseThrow();
        String effective = new EffectiveConfig(complete, builder.passwordSource(), flags).text(logLevel);
        return new Migrate(complete, effective, logLevel, debug);
    }

    /** Hands the values over one by one: JCommander's own parser has special cases for some, such as {@code --}. */
    private static Flags fill(Map<String, Given> given) {
        Flags flags = new Flags();
        for (ParameterDescription declared : new JCommander(flags).getParameters()) {
            Given value = given.get(Flag.of(declared.getParameterAnnotation()).name());
            if (value != null) {
                declared.addValue(value.value());
            }
        }
        return flags;
    }

    private void warnOfSecrets(Map<Flag, Given> given) {
        given.forEach((flag, value) -> {
            if (value.origin() == Origin.COMMAND_LINE && flag.isSecret() && holdsSecret(flag, value.value())) {
                findings.warning("other users of this machine can read the secret in " + value.label()
                        + " on the command line: better set " + flag.variable()
                        + (flag.name().equals("--pg-url") ? " or PGPASSWORD" : ""));
            }
        });
    }

    private static boolean holdsSecret(Flag flag, String value) {
        return !flag.name().equals("--pg-url") || PgUrl.mayHoldPassword(value);
    }
}
