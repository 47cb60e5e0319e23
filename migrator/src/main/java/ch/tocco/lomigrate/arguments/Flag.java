package ch.tocco.lomigrate.arguments;

import ch.tocco.lomigrate.flags.Headings;
import com.beust.jcommander.Parameter;
import java.util.Locale;
import java.util.Set;

/**
 * One flag of a command.
 *
 * @param name the long form, with dashes
 * @param shortName the short form, with its dash; empty if there is none
 * @param placeholder the value's unit or kind for the help; empty for a switch
 * @param group heading in the help
 * @param defaultValue the value if the flag is not given, in words; empty if there is none
 * @param description what the flag does
 * @param order place in the help
 * @param repeatable whether it may be given several times; then it has no environment variable
 */
public record Flag(
        String name,
        String shortName,
        String placeholder,
        String group,
        String defaultValue,
        String description,
        int order,
        boolean repeatable) {
    public static final String ENVIRONMENT_PREFIX = "LO_MIGRATE_";

    /** Flags whose value no message shows: all or part of it is a secret. */
    private static final Set<String> SECRETS = Set.of("--secret-key", "--pg-url");

    static Flag of(Parameter p, String defaultValue, boolean repeatable) {
        String[] names = p.names();
        return new Flag(
                names[names.length - 1],
                names.length > 1 ? names[0] : "",
                p.placeholder(),
                p.category(),
                defaultValue,
                p.description(),
                p.order(),
                repeatable);
    }

    public boolean isSwitch() {
        return placeholder.isEmpty();
    }

    /** Whether its value is SQL or a name as SQL has it, in which quotes mean something. */
    public boolean isVerbatim() {
        return group.equals(Headings.ROWS);
    }

    public boolean isSecret() {
        return SECRETS.contains(name);
    }

    /** The value's unit with a blank before it; empty if the placeholder is in capitals, which no unit is. */
    public String unit() {
        return placeholder.equals(placeholder.toUpperCase(Locale.ROOT)) ? "" : " " + placeholder;
    }

    /** The environment variable that can replace the flag. */
    public String variable() {
        return ENVIRONMENT_PREFIX + name.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** Compares only the names: no two flags of a command share one. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Flag flag && name.equals(flag.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
