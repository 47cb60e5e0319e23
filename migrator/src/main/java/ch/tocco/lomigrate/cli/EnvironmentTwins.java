package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.cli.Given.Origin;
import java.util.Map;
import java.util.Set;

/** Fills in, for flags that were not given, what their environment variables say. The flag wins. */
final class EnvironmentTwins {
    /** Read by the launcher, or by nobody: no twins of a flag. */
    private static final Set<String> OTHERS = Set.of("LO_MIGRATE_JAVA_OPTS");

    private final FlagTable table;
    private final Map<String, String> environment;

    EnvironmentTwins(FlagTable table, Map<String, String> environment) {
        this.table = table;
        this.environment = environment;
    }

    /** An empty variable counts as not set: that is how shells and unit files unset one. */
    void addTo(Map<Flag, Given> given) {
        for (Flag flag : table.all()) {
            String value = environment.getOrDefault(flag.variable(), "");
            if (!value.isEmpty()) {
                given.putIfAbsent(flag, new Given(value, Origin.ENVIRONMENT, flag.variable()));
            }
        }
    }

    /** A mistyped variable would otherwise be ignored without a word. */
    void warnOfUnknown(Findings findings) {
        Set<String> known = table.variables();
        environment.keySet().stream()
                .filter(name -> name.startsWith(Flag.ENVIRONMENT_PREFIX))
                .filter(name -> !known.contains(name) && !OTHERS.contains(name))
                .sorted()
                .forEach(name -> findings.warning("the environment variable " + name + " means nothing here"
                        + Nearest.of(name, known)
                                .map(n -> " (did you mean " + n + "?)")
                                .orElse("")));
    }
}
