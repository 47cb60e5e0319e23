package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.arguments.Flag;
import ch.tocco.lomigrate.arguments.FlagTable;
import ch.tocco.lomigrate.subcommands.Command;

/** Manual pages, as {@code man} formats them (man(7), groff's macros). */
final class ManualPage {
    private final StringBuilder text = new StringBuilder();

    private ManualPage(String title) {
        text.append(".\\\" Made by scripts/generate.\n.TH \"")
                .append(title)
                .append("\" 1 \"\" \"lo-migrate\" \"User Commands\"\n");
    }

    /** The page of the tool as a whole. */
    static String full() {
        ManualPage page = new ManualPage("LO-MIGRATE");
        page.section("NAME")
                .paragraph("lo-migrate \\- moves PostgreSQL large objects into S3\\-compatible object storage");
        page.section("SYNOPSIS");
        page.call("lo-migrate", "[OPTIONS] " + Command.MIGRATE.required());
        page.call("lo-migrate", "COMMAND [OPTIONS]");
        page.section("COMMANDS");
        for (Command command : Command.values()) {
            page.item("\\fBlo-migrate\\-" + escaped(command.text()) + "\\fR(1)", command.description());
        }
        page.paragraph("Without a command, options are those of migrate.");
        page.exitCodes();
        return page.text.toString();
    }

    /** The page of one command. */
    static String of(Command command) {
        ManualPage page = new ManualPage("LO-MIGRATE-" + command.name());
        page.section("NAME").paragraph("lo-migrate\\-" + command.text() + " \\- " + escaped(command.description()));
        page.section("SYNOPSIS");
        page.call("lo-migrate " + command.text(), "[OPTIONS] " + command.required());
        page.section("OPTIONS");
        for (Flag flag : new FlagTable(command.flags()).all()) {
            page.flag(flag);
        }
        page.section("ENVIRONMENT");
        page.paragraph("Every option can be given as an environment variable: LO_MIGRATE_ and its name in capitals with"
                + " underscores, such as LO_MIGRATE_PG_URL. An option wins over its variable.");
        page.exitCodes();
        return page.text.toString();
    }

    private ManualPage section(String heading) {
        text.append(".SH ").append(heading).append('\n');
        return this;
    }

    private void paragraph(String words) {
        text.append(words).append('\n');
    }

    private void call(String command, String rest) {
        text.append(".B ")
                .append(escaped(command))
                .append("\n")
                .append(escaped(rest))
                .append("\n.br\n");
    }

    private void item(String term, String words) {
        text.append(".TP\n").append(term).append('\n').append(escaped(words)).append('\n');
    }

    private void flag(Flag flag) {
        String names = (flag.shortName().isEmpty() ? "" : flag.shortName() + ", ") + flag.name();
        String value = flag.isSwitch() ? "" : " \\fI" + flag.placeholder() + "\\fR";
        String otherwise = flag.defaultValue().isEmpty() ? "" : " [default: " + flag.defaultValue() + "]";
        item("\\fB" + escaped(names) + "\\fR" + value, flag.description() + otherwise);
    }

    private void exitCodes() {
        section("EXIT STATUS");
        for (ExitCode code : ExitCode.values()) {
            item(Integer.toString(code.number()), code.meaning());
        }
    }

    /** A dash would become a hyphen, and a full stop or quote at the beginning of a line a command. */
    private static String escaped(String words) {
        String text = words.replace("\\", "\\e").replace("-", "\\-");
        return text.startsWith(".") || text.startsWith("'") ? "\\&" + text : text;
    }
}
