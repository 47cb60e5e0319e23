package ch.tocco.lomigrate.arguments;

/**
 * A value that the user gave for a flag.
 *
 * @param value the text as given; {@code true} or {@code false} for a switch
 * @param origin where it was given
 * @param label the name of its source in a message: the flag or the environment variable
 * @param file the name of the {@link Origin#FILE}; empty for another origin
 */
public record Given(String value, Origin origin, String label, String file) {
    /** Where a value can come from. */
    public enum Origin {
        /** The command line itself, which other users of the machine can read. */
        COMMAND_LINE,
        /** A file given as {@code @file}. */
        FILE,
        /** The flag's environment twin. */
        ENVIRONMENT
    }

    /** Values may be secrets. */
    @Override
    public String toString() {
        return label + "=***";
    }
}
