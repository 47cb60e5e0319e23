package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.arguments.Flag;
import ch.tocco.lomigrate.arguments.FlagTable;
import ch.tocco.lomigrate.flags.Command;
import java.util.LinkedHashSet;
import java.util.Set;

/** {@code docs/flags.md}: every flag of every command in tables. */
final class FlagReference {
    private FlagReference() {}

    static String text() {
        StringBuilder text = new StringBuilder("""
                # Flags

                This page is made from the flags' own declarations by `scripts/generate`.

                `lo-migrate [FLAGS]` is the same as `lo-migrate migrate [FLAGS]`. A flag wins over its environment variable; an
                empty variable counts as not set. `--flag VALUE` and `--flag=VALUE` are the same. `@FILE` reads flags from a file,
                one with its value per line, without quotes; `#` begins a comment line. Switches take no value on the command
                line; their variables take `true`, `false`, `1`, `0`, `yes` or `no`. The tool names all mistakes at once, before it
                opens any connection. `LO_MIGRATE_JAVA_OPTS` goes to the JVM.

                psql's rules hold for `--pg-url`: `postgres://` too, several hosts, a missing port (5432), user (yours) or
                database (the user), reserved characters percent-encoded, parameters such as `sslmode`, `sslrootcert`,
                `target_session_attrs`, `connect_timeout`. The tool refuses by name a parameter that would have no effect, and
                unix sockets.
                """);
        for (Command command : Command.values()) {
            command(command, text);
        }
        return text.toString();
    }

    private static void command(Command command, StringBuilder text) {
        FlagTable table = new FlagTable(command.flags());
        text.append("\n## lo-migrate ").append(command.text()).append("\n\n");
        text.append(command.description()).append('\n');
        Set<String> groups = new LinkedHashSet<>();
        table.all().forEach(flag -> groups.add(flag.group()));
        for (String group : groups) {
            text.append("\n### ").append(group).append("\n\n");
            text.append("| Flag | Unit | Default | Environment | Meaning |\n| --- | --- | --- | --- | --- |\n");
            table.all().stream().filter(flag -> flag.group().equals(group)).forEach(flag -> text.append(row(flag)));
        }
    }

    private static String row(Flag flag) {
        String names = (flag.shortName().isEmpty() ? "" : "`" + flag.shortName() + "`, ") + "`" + flag.name() + "`";
        boolean required = flag.description().endsWith("Required.");
        String otherwise = flag.isSwitch() ? "off" : required ? "required" : flag.defaultValue();
        String meaning = flag.description().replace(" Required.", "").replace("|", "\\|");
        return "| " + names + " | " + flag.placeholder() + " | " + otherwise + " | `" + flag.variable() + "` | "
                + meaning + " |\n";
    }
}
