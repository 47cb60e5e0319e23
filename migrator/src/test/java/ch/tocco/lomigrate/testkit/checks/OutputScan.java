package ch.tocco.lomigrate.testkit.checks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Looks for {@link Secrets} in all files below some directories.
 *
 * @param files how many were looked at
 * @param leaks what was found, as file, line number and line
 */
public record OutputScan(int files, List<String> leaks) {
    /** Scans directories; one that does not exist has no files. */
    public static OutputScan of(List<Path> directories) throws IOException {
        int files = 0;
        var leaks = new ArrayList<String>();
        for (Path file : filesBelow(directories)) {
            files++;
            // every byte is a character of this charset, so that no file is unreadable
            Secrets.shownIn(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .forEach(line -> leaks.add(file + ", " + line));
        }
        return new OutputScan(files, leaks);
    }

    private static List<Path> filesBelow(List<Path> directories) throws IOException {
        var files = new ArrayList<Path>();
        for (Path directory : directories) {
            if (Files.isDirectory(directory)) {
                try (Stream<Path> below = Files.walk(directory)) {
                    below.filter(Files::isRegularFile).forEach(files::add);
                }
            }
        }
        return files;
    }
}
