package ch.tocco.lomigrate.arguments;

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
 * @param defaultValue what holds if the flag is not given; empty if there is nothing to say
 * @param description what the flag does
 * @param order place in the help
 */
public record Flag(
        String name,
        String shortName,
        String placeholder,
        String group,
        String defaultValue,
        String description,
        int order) {
    public static final String ENVIRONMENT_PREFIX = "LO_MIGRATE_";

    /** Flags whose value never shows up in a message: all of it or a part of it is a secret. */
    private static final Set<String> SECRETS = Set.of("--secret-key", "--pg-url");

    static Flag of(Parameter p, String defaultValue) {
        String[] names = p.names();
        return new Flag(
                names[names.length - 1],
                names.length > 1 ? names[0] : "",
                p.placeholder(),
                p.category(),
                defaultValue,
                p.description(),
                p.order());
    }

    public boolean isSwitch() {
        return placeholder.isEmpty();
    }

    public boolean isSecret() {
        return SECRETS.contains(name);
    }

    /** The value's unit with a blank in front, where it is one: units are not written in capitals. */
    public String unit() {
        return placeholder.equals(placeholder.toUpperCase(Locale.ROOT)) ? "" : " " + placeholder;
    }

    /** The environment variable that says the same. */
    public String variable() {
        return ENVIRONMENT_PREFIX + name.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** Flags are told apart by their names alone: no two of a command share one. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Flag flag && name.equals(flag.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
