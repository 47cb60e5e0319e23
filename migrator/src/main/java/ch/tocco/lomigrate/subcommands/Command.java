package ch.tocco.lomigrate.subcommands;

import com.beust.jcommander.Parameters;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** All commands. Flags without a command mean {@link #MIGRATE}. */
public enum Command {
    MIGRATE(MigrateFlags.class, "--pg-url <URL> --s3-url <URL> --bucket <NAME>"),
    FINALIZE(FinalizeFlags.class, "--pg-url <URL>"),
    STATUS(StatusFlags.class, "--pg-url <URL>"),
    DISCOVER(DiscoverFlags.class, "--pg-url <URL>"),
    PROFILES(ProfilesFlags.class, "[NAME]"),
    CONTROL(ControlFlags.class, "[PID] status|pause|resume|set <FLAG>=<VALUE>|stop");

    private final String description;
    private final String required;

    Command(Class<? extends CommandFlags> type, String required) {
        this.description = type.getAnnotation(Parameters.class).commandDescription();
        this.required = required;
    }

    /** The name that users type. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A new set of flags with their defaults. */
    public CommandFlags flags() {
        return switch (this) {
            case MIGRATE -> new MigrateFlags();
            case FINALIZE -> new FinalizeFlags();
            case STATUS -> new StatusFlags();
            case DISCOVER -> new DiscoverFlags();
            case PROFILES -> new ProfilesFlags();
            case CONTROL -> new ControlFlags();
        };
    }

    /** What the command does, in a sentence. */
    public String description() {
        return description;
    }

    /** The required flags, with their placeholders. */
    public String required() {
        return required;
    }

    public static Optional<Command> of(String text) {
        return Arrays.stream(values())
                .filter(command -> command.text().equals(text))
                .findFirst();
    }

    public static List<String> texts() {
        return Arrays.stream(values()).map(Command::text).toList();
    }
}
