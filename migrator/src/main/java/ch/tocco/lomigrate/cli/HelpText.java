package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.arguments.Flag;
import ch.tocco.lomigrate.arguments.FlagTable;
import ch.tocco.lomigrate.subcommands.Command;
import java.util.List;

/** The text of {@code --help}, made from the flags' own declarations; fits {@value #WIDTH} columns. */
final class HelpText {
    static final int WIDTH = 100;

    private static final int DESCRIPTION_COLUMN = 34;
    private static final int COMMAND_COLUMN = 12;

    /** A blank at which no line may break. */
    private static final char TIED = '\u00a0';

    private static final String CALL = "lo-migrate ";

    private final StringBuilder text = new StringBuilder();

    private HelpText() {}

    /** How to call the tool without a command. */
    static String synopsis() {
        return "Usage: " + CALL + "[OPTIONS] " + Command.MIGRATE.required() + "\n       " + CALL + "@FILE\n       "
                + CALL + "COMMAND --help\n";
    }

    /** How to call a command. */
    static String synopsis(Command command) {
        return command == Command.MIGRATE
                ? synopsis()
                : "Usage: " + CALL + command.text() + " [OPTIONS] " + command.required() + "\n       " + CALL
                        + command.text() + " @FILE\n";
    }

    /** All commands, and the flags of the command that runs if none is named. */
    static String full() {
        HelpText help = new HelpText();
        help.text
                .append("Moves PostgreSQL large objects into S3-compatible object storage.\n\n")
                .append(synopsis())
                .append("\nCommands:\n");
        for (Command command : Command.values()) {
            help.paragraph("  " + command.text(), command.description(), COMMAND_COLUMN);
        }
        help.text.append("Without a command, flags are those of migrate.\n");
        help.flags(Command.MIGRATE);
        return help.end();
    }

    /** The help of one command. */
    static String of(Command command) {
        HelpText help = new HelpText();
        help.paragraph("", command.description(), 0);
        help.text.append('\n').append(synopsis(command));
        help.flags(command);
        return help.end();
    }

    private void flags(Command command) {
        String group = "";
        for (Flag flag : new FlagTable(command.flags()).all()) {
            if (!flag.group().equals(group)) {
                group = flag.group();
                text.append('\n').append(group).append(":\n");
            }
            flag(flag);
        }
    }

    private String end() {
        notes();
        exitCodes();
        return text.toString().replace(TIED, ' ');
    }

    private void flag(Flag flag) {
        String names = (flag.shortName().isEmpty() ? "    " : flag.shortName() + ", ") + flag.name();
        String left = "  " + names + (flag.isSwitch() ? "" : " <" + flag.placeholder() + ">");
        String given = flag.defaultValue().isEmpty()
                ? ""
                : " " + ("[default: " + flag.defaultValue() + "]").replace(' ', TIED);
        paragraph(left, flag.description() + given, DESCRIPTION_COLUMN);
    }

    private void notes() {
        text.append("\nUnits: <s> seconds, 1 KiB = 1024 bytes, 1 MiB = 1024 KiB, 1 GiB = 1024 MiB.\n\n");
        paragraph(
                "",
                "Every flag but those that may be repeated can be given as an environment variable, LO_MIGRATE_ and its"
                        + " name in capitals with underscores: LO_MIGRATE_PG_URL, LO_MIGRATE_SECRET_KEY. Switches take true, false, 1, 0, yes"
                        + " or no. A flag wins over its variable. LO_MIGRATE_JAVA_OPTS goes to the JVM.",
                0);
        text.append('\n');
        paragraph(
                "",
                "@FILE reads flags from a file, one with its value per line, without quotes; '#' begins a comment"
                        + " line. --flag VALUE and --flag=VALUE are the same.",
                0);
        text.append('\n');
        paragraph(
                "",
                "SIGINT (Ctrl-C), SIGTERM and SIGHUP stop the run cleanly: it commits what is stored, and the rest stays"
                        + " pending for the next run. A second SIGINT or SIGTERM ends it at once, which loses nothing"
                        + " either. Under nohup SIGHUP is ignored.",
                0);
    }

    private void exitCodes() {
        text.append("\nExit codes:\n");
        for (ExitCode code : ExitCode.values()) {
            // without a Formatter, which would load many locales and take time
            String number = Integer.toString(code.number());
            paragraph(" ".repeat(5 - number.length()) + number, code.meaning(), 7);
        }
    }

    /** Writes words into a column to the right of {@code left}, or below it if {@code left} is too long. */
    private void paragraph(String left, String words, int column) {
        boolean below = column > 0 && left.length() >= column;
        String margin = " ".repeat(column);
        StringBuilder line = new StringBuilder(below ? margin : left + margin.substring(left.length()));
        if (below) {
            text.append(left).append('\n');
        }
        for (String word : List.of(words.split(" "))) {
            if (line.length() + word.length() > WIDTH) {
                text.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(margin);
            }
            line.append(word).append(' ');
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
