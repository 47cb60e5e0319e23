package ch.tocco.lomigrate.receiver;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.regex.Pattern;

/** Names and modes of spill directories and their files: the only things in a spill directory that may be deleted. */
final class SpillNames {
    static final String PREFIX = "lo-migrate-";
    static final String LOCK_FILE = "lock";
    static final String FILE_PREFIX = "lo-";

    static final Set<PosixFilePermission> DIRECTORY_MODE = PosixFilePermissions.fromString("rwx------");
    static final Set<PosixFilePermission> FILE_MODE = PosixFilePermissions.fromString("rw-------");

    private static final Pattern DIRECTORY = Pattern.compile(PREFIX + "\\d+-[0-9a-f]{16}");
    private static final Pattern FILE = Pattern.compile(LOCK_FILE + "|" + FILE_PREFIX + "\\d+");

    private SpillNames() {}

    /** Whether this is a directory, and no link to one, with the name, owner and mode of a spill directory. */
    static boolean isSpillDirectory(Path path, UserPrincipal owner) throws IOException {
        PosixFileAttributes attributes = attributes(path);
        return DIRECTORY.matcher(path.getFileName().toString()).matches()
                && attributes.isDirectory()
                && attributes.owner().equals(owner)
                && attributes.permissions().equals(DIRECTORY_MODE);
    }

    /** Whether this is a regular file with the owner and mode of a lock file. */
    static boolean isLockFile(Path path, UserPrincipal owner) throws IOException {
        PosixFileAttributes attributes = attributes(path);
        return attributes.isRegularFile()
                && attributes.owner().equals(owner)
                && attributes.permissions().equals(FILE_MODE);
    }

    private static PosixFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether the directory has only files with names that this tool gives. */
    static boolean holdsOnlyOurFiles(Path directory) throws IOException {
        try (DirectoryStream<Path> foreign = Files.newDirectoryStream(directory, path -> !isOurs(path))) {
            return !foreign.iterator().hasNext();
        }
    }

    /** Deletes the files that have the names that this tool gives, and no others. */
    static void removeOurFiles(Path directory) throws IOException {
        try (DirectoryStream<Path> ours = Files.newDirectoryStream(directory, SpillNames::isOurs)) {
            for (Path file : ours) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static boolean isOurs(Path file) {
        return FILE.matcher(file.getFileName().toString()).matches()
                && !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
    }
}
