package ch.tocco.lomigrate.flags;

import ch.tocco.lomigrate.values.Converters;
import com.beust.jcommander.Parameter;

/** The flags that every command has: its log, and flags that only show something. */
public final class GeneralFlags {
    @Parameter(
            names = "--log-level",
            placeholder = "LEVEL",
            converter = Converters.LogLevel.class,
            category = Headings.RUN,
            order = 52,
            description =
                    "What to log on stderr: error, warn, info, debug or trace. Failed objects are logged at warn.")
    String logLevel = "info";

    @Parameter(
            names = "--log-format",
            placeholder = "FORMAT",
            converter = Converters.LogFormat.class,
            category = Headings.RUN,
            order = 53,
            description = "text, or json: an object with fields of the Elastic Common Schema per line.")
    String logFormat = "text";

    @Parameter(
            names = "--debug",
            arity = 1,
            converter = Converters.Switch.class,
            category = Headings.RUN,
            order = 54,
            description = "Show stack traces.")
    boolean debug;

    @Parameter(
            names = {"-h", "--help"},
            arity = 1,
            converter = Converters.Switch.class,
            category = Headings.OTHER,
            order = 998,
            description = "Show this help.")
    boolean help;

    @Parameter(
            names = {"-V", "--version"},
            arity = 1,
            converter = Converters.Switch.class,
            category = Headings.OTHER,
            order = 999,
            description = "Show the version.")
    boolean version;

    public String logLevel() {
        return logLevel;
    }

    /** Whether the log is JSON. */
    public boolean jsonLog() {
        return logFormat.equals("json");
    }

    public boolean debug() {
        return debug;
    }

    public boolean help() {
        return help;
    }

    public boolean version() {
        return version;
    }
}
