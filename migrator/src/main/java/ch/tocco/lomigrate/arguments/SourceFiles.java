package ch.tocco.lomigrate.arguments;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Several sources on one command line: each {@code @FILE} that has {@code --table} or {@code --profile} in it is one. All
 * other arguments are for each of them.
 */
public final class SourceFiles {
    private static final Set<String> NAMING = Set.of("--table", "--profile");

    private SourceFiles() {}

    /**
     * The arguments of one source.
     *
     * @param file that names it, with its {@code @}
     * @param arguments all but the files of other sources
     */
    public record Source(String file, List<String> arguments) {}

    /** One for each file that names a source, in their order. */
    public static List<Source> of(List<String> arguments, FlagTable table) {
        List<Integer> files = new ArrayList<>();
        boolean value = false;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!value && argument.startsWith("@") && namesSource(argument.substring(1))) {
                files.add(i);
            }
            value = !value && takesNext(argument, table);
        }
        return files.stream().map(i -> only(i, files, arguments)).toList();
    }

    private static Source only(int file, List<Integer> files, List<String> arguments) {
        List<String> own = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            if (i == file || !files.contains(i)) {
                own.add(arguments.get(i));
            }
        }
        return new Source(arguments.get(file), own);
    }

    /** What these flags say on the command line itself would hold for all sources. */
    public static boolean isNamedBeside(List<String> arguments) {
        return arguments.stream().anyMatch(argument -> NAMING.contains(argument.split("=", 2)[0]));
    }

    private static boolean takesNext(String argument, FlagTable table) {
        return argument.startsWith("-")
                && !argument.contains("=")
                && table.find(argument).filter(flag -> !flag.isSwitch()).isPresent();
    }

    /** A file that cannot be read names none: who reads its flags says what is wrong with it. */
    private static boolean namesSource(String file) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.anyMatch(line -> NAMING.contains(line.strip().split("[\\s=]", 2)[0]));
        } catch (InvalidPathException | IOException | UncheckedIOException e) {
            return false;
        }
    }
}
