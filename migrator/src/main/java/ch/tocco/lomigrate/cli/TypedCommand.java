package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.arguments.Flag;
import ch.tocco.lomigrate.arguments.Given;
import ch.tocco.lomigrate.arguments.Given.Origin;
import ch.tocco.lomigrate.login.PgUrl;
import ch.tocco.lomigrate.subcommands.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A command line as it was typed, in the order of the help, for the report of a run: it shows no secret. */
final class TypedCommand {
    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./\\[\\]*-]+");

    private TypedCommand() {}

    /** One line that a shell would take. Values of flags with secrets are masked; files of arguments stand as @FILE. */
    static String text(Command command, Map<Flag, Given> given) {
        List<String> words = new ArrayList<>(List.of("lo-migrate", command.text()));
        given.values().stream()
                .filter(value -> value.origin() == Origin.FILE)
                .map(value -> quoted("@" + value.file()))
                .distinct()
                .forEach(words::add);
        given.keySet().stream()
                .sorted((one, other) -> Integer.compare(one.order(), other.order()))
                .filter(flag -> given.get(flag).origin() == Origin.COMMAND_LINE)
                .forEach(flag -> given.get(flag).values().forEach(value -> words.add(word(flag, value))));
        return String.join(" ", words);
    }

    private static String word(Flag flag, String value) {
        if (flag.isSwitch()) {
            return value.equals("true") ? flag.name() : flag.name() + "=" + quoted(value);
        }
        return flag.name() + " " + (flag.isSecret() ? PgUrl.MASK : quoted(value));
    }

    private static String quoted(String value) {
        return PLAIN.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
    }
}
