package ch.tocco.lomigrate.cli;

import static java.util.stream.Collectors.joining;

import ch.tocco.lomigrate.arguments.Flag;
import ch.tocco.lomigrate.arguments.FlagTable;
import ch.tocco.lomigrate.subcommands.Command;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Completion scripts for bash and zsh. */
final class Completions {
    private static final Set<String> FILES = Set.of("FILE", "DIR");

    private Completions() {}

    static String bash() {
        StringBuilder text = new StringBuilder("""
                # bash completion for lo-migrate, made by scripts/generate
                _lo_migrate() {
                    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} flags
                    case ${COMP_WORDS[1]} in
                """);
        for (Command command : Command.values()) {
            if (command != Command.MIGRATE) {
                text.append("        ").append(command.text()).append(") flags='");
                text.append(names(command)).append("' ;;\n");
            }
        }
        text.append("        *) flags='").append(names(Command.MIGRATE)).append("' ;;\n    esac\n");
        text.append("    case $previous in\n");
        text.append("        ")
                .append(takingFiles())
                .append(") COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n");
        text.append(
                "        --log-level) COMPREPLY=($(compgen -W 'error warn info debug trace' -- \"$current\")); return ;;\n");
        text.append("    esac\n");
        text.append("    if [[ $current == @* ]]; then\n");
        text.append("        COMPREPLY=($(compgen -P @ -f -- \"${current#@}\"))\n");
        text.append("    elif [[ $COMP_CWORD -eq 1 && $current != -* ]]; then\n");
        text.append("        COMPREPLY=($(compgen -W '")
                .append(String.join(" ", Command.texts()))
                .append("' -- \"$current\"))\n");
        text.append("    else\n        COMPREPLY=($(compgen -W \"$flags\" -- \"$current\"))\n    fi\n}\n");
        return text.append("complete -o filenames -F _lo_migrate lo-migrate\n").toString();
    }

    static String zsh() {
        StringBuilder text = new StringBuilder("#compdef lo-migrate\n# made by scripts/generate\n");
        text.append("_lo_migrate() {\n    local -a flags\n    case ${words[2]} in\n");
        for (Command command : Command.values()) {
            if (command != Command.MIGRATE) {
                text.append("        ").append(command.text()).append(")\n            flags=(\n");
                specs(command)
                        .forEach(spec ->
                                text.append("                ").append(spec).append('\n'));
                text.append("            ) ;;\n");
            }
        }
        text.append("        *)\n            flags=(\n");
        specs(Command.MIGRATE)
                .forEach(spec -> text.append("                ").append(spec).append('\n'));
        text.append("            ) ;;\n    esac\n");
        text.append("    _arguments -S $flags '1:command:(").append(String.join(" ", Command.texts()));
        return text.append(")' '*:@file:_files -P @'\n}\n_lo_migrate \"$@\"\n").toString();
    }

    private static String names(Command command) {
        return new FlagTable(command.flags()).all().stream().map(Flag::name).collect(joining(" "));
    }

    private static String takingFiles() {
        return Arrays.stream(Command.values())
                .flatMap(command -> new FlagTable(command.flags()).all().stream())
                .filter(flag -> FILES.contains(flag.placeholder()))
                .map(Flag::name)
                .distinct()
                .collect(joining(" | "));
    }

    private static List<String> specs(Command command) {
        List<String> specs = new ArrayList<>();
        for (Flag flag : new FlagTable(command.flags()).all()) {
            String what = "[" + flag.description().replaceAll("[\\[\\]']", "").replace(":", "\\:") + "]";
            String value = flag.isSwitch()
                    ? ""
                    : ":" + flag.placeholder() + ":" + (FILES.contains(flag.placeholder()) ? "_files" : " ");
            specs.add("'" + flag.name() + (flag.isSwitch() ? "" : "=") + what + value + "'");
        }
        return specs;
    }
}
