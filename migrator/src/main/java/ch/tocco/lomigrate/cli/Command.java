package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.flags.CommandFlags;
import ch.tocco.lomigrate.flags.FinalizeFlags;
import ch.tocco.lomigrate.flags.MigrateFlags;
import com.beust.jcommander.Parameters;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The commands that there are. Flags without a command mean {@link #MIGRATE}. */
enum Command {
    MIGRATE(MigrateFlags.class, "--pg-url <URL> --s3-url <URL> --bucket <NAME>"),
    FINALIZE(FinalizeFlags.class, "--pg-url <URL>");

    private final String description;
    private final String required;

    Command(Class<? extends CommandFlags> type, String required) {
        this.description = type.getAnnotation(Parameters.class).commandDescription();
        this.required = required;
    }

    /** As it is typed. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** New flags, nothing given. */
    CommandFlags flags() {
        return switch (this) {
            case MIGRATE -> new MigrateFlags();
            case FINALIZE -> new FinalizeFlags();
        };
    }

    /** What it does, in a sentence. */
    String description() {
        return description;
    }

    /** The flags that it cannot do without, with their values. */
    String required() {
        return required;
    }

    static Optional<Command> of(String text) {
        return Arrays.stream(values())
                .filter(command -> command.text().equals(text))
                .findFirst();
    }

    static List<String> texts() {
        return Arrays.stream(values()).map(Command::text).toList();
    }

    /** The environment variables of the flags of all commands: a file with settings may serve more than one. */
    static SortedSet<String> variables() {
        SortedSet<String> all = new TreeSet<>();
        for (Command command : values()) {
            all.addAll(new FlagTable(command.flags()).variables());
        }
        return all;
    }
}
