package ch.tocco.lomigrate.arguments;

import ch.tocco.lomigrate.flags.Mistakes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Reads the file of an {@code @file} argument: a flag with its value per line, as {@code --flag value} or
 * {@code --flag=value}; empty lines and lines that begin with {@code #} are skipped. There is no quoting.
 */
final class ArgumentFile {
    private final String name;
    private final Predicate<String> verbatim;
    private final Mistakes mistakes;

    /** @param verbatim whether quotes mean something in the value of the flag of this name */
    ArgumentFile(String name, Predicate<String> verbatim, Mistakes mistakes) {
        this.name = name;
        this.verbatim = verbatim;
        this.mistakes = mistakes;
    }

    /** The arguments in the file. If it cannot be read, there are none, and a mistake is noted. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        try {
            int number = 0;
            for (String line : Files.readAllLines(Path.of(name))) {
                number++;
                String text = line.strip();
                if (!text.isEmpty() && !text.startsWith("#")) {
                    add(text, number, arguments);
                }
            }
        } catch (InvalidPathException | IOException e) {
            mistakes.mistake("@" + name + ": cannot be read (" + reason(e) + ")");
        }
        return arguments;
    }

    private void add(String line, int number, List<String> arguments) {
        String flag = line.split("[\\s=]", 2)[0];
        if (verbatim.test(flag) && line.length() > flag.length()) {
            arguments.add(flag + "=" + line.substring(flag.length() + 1).strip());
            return;
        }
        int gap = line.startsWith("-") ? firstGap(line) : -1;
        String value = line;
        if (gap >= 0) {
            arguments.add(line.substring(0, gap));
            value = line.substring(gap).strip();
        }
        arguments.add(value);
        requireUnquoted(value.startsWith("--") ? value.substring(value.indexOf('=') + 1) : value, number);
    }

    private static int firstGap(String line) {
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == '=') {
                return -1;
            }
            if (Character.isWhitespace(line.charAt(i))) {
                return i;
            }
        }
        return -1;
    }

    /** Quotes would become part of the value, and only a refused login would show it. */
    private void requireUnquoted(String value, int number) {
        if (isWithin('"', value) || isWithin('\'', value)) {
            mistakes.mistake("@" + name + ", line " + number + ": write the value without quotes");
        }
    }

    private static boolean isWithin(char quote, String value) {
        return value.length() > 1 && value.charAt(0) == quote && value.charAt(value.length() - 1) == quote;
    }

    private static String reason(Exception e) {
        return e instanceof NoSuchFileException ? "no such file" : e.getClass().getSimpleName();
    }
}
