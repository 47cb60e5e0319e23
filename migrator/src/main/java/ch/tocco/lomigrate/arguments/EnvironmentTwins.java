package ch.tocco.lomigrate.arguments;

import ch.tocco.lomigrate.arguments.Given.Origin;
import ch.tocco.lomigrate.flags.Mistakes;
import ch.tocco.lomigrate.subcommands.Command;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Takes the values of flags that were not given from their environment variables. A flag wins over its variable. */
public final class EnvironmentTwins {
    /** Variables that the launcher reads and that belong to no flag. */
    private static final Set<String> OTHERS = Set.of("LO_MIGRATE_JAVA_OPTS");

    private final Map<String, String> environment;

    public EnvironmentTwins(Map<String, String> environment) {
        this.environment = environment;
    }

    /** An empty variable counts as not set, because shells and unit files unset variables that way. */
    public void addTo(Map<Flag, Given> given, FlagTable table) {
        for (Flag flag : table.all()) {
            if (flag.repeatable()) {
                continue;
            }
            String value = environment.getOrDefault(flag.variable(), "");
            if (!value.isEmpty()) {
                given.putIfAbsent(flag, new Given(value, Origin.ENVIRONMENT, flag.variable(), ""));
            }
        }
    }

    /** Without the warning, a mistyped variable would be ignored silently. */
    public void warnOfUnknown(Mistakes mistakes) {
        Set<String> known = variables();
        environment.keySet().stream()
                .filter(name -> name.startsWith(Flag.ENVIRONMENT_PREFIX))
                .filter(name -> !known.contains(name) && !OTHERS.contains(name))
                .sorted()
                .forEach(name -> mistakes.warning("unknown environment variable " + name
                        + Nearest.of(name, known)
                                .map(n -> " (did you mean " + n + "?)")
                                .orElse("")));
    }

    /** The variables of all commands, because one settings file may serve several of them. */
    private static Set<String> variables() {
        Set<String> all = new TreeSet<>();
        for (Command command : Command.values()) {
            all.addAll(new FlagTable(command.flags()).variables());
        }
        return all;
    }
}
