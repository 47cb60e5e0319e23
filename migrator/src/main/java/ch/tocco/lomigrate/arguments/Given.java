package ch.tocco.lomigrate.arguments;

import java.util.ArrayList;
import java.util.List;

/**
 * A value that the user gave for a flag.
 *
 * @param values the text as given; {@code true} or {@code false} for a switch; several for a flag that may be repeated
 * @param origin where it was given
 * @param label the name of its source in a message: the flag or the environment variable
 * @param file the name of the {@link Origin#FILE}; empty for another origin
 */
public record Given(List<String> values, Origin origin, String label, String file) {
    public Given {
        values = List.copyOf(values);
    }

    /** One value. */
    Given(String value, Origin origin, String label, String file) {
        this(List.of(value), origin, label, file);
    }

    /** The value, of a flag that is given once. */
    public String value() {
        return values.get(0);
    }

    /** The same flag, given once more at the same place. */
    Given and(Given next) {
        List<String> both = new ArrayList<>(values);
        both.addAll(next.values);
        return new Given(both, origin, label, file);
    }

    /** Where a value can come from. */
    public enum Origin {
        /** The command line itself, which other users of the machine can read. */
        COMMAND_LINE,
        /** A file given as {@code @file}. */
        FILE,
        /** The flag's environment twin. */
        ENVIRONMENT,
        /** A built-in profile. */
        PROFILE
    }

    /** Values may be secrets. */
    @Override
    public String toString() {
        return label + "=***";
    }
}
