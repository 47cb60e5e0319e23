package ch.tocco.lomigrate.testkit.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * Finds the server's programs: installed ones where the system property {@value #BIN_PROPERTY} names their directory,
 * else those from Maven Central, unpacked once into a cache directory. Two JVMs that unpack at the same time do not
 * disturb each other: each unpacks for itself, one rename wins.
 */
final class PostgresBinaries {
    static final String BIN_PROPERTY = "lo.migrate.test.postgres.bin";

    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
    private static final Set<PosixFilePermission> PROGRAM = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> DATA = PosixFilePermissions.fromString("rw-r--r--");

    private PostgresBinaries() {}

    /** The directory with {@code initdb}, {@code pg_ctl} and {@code postgres}. */
    static Path directory() throws IOException {
        String installed = System.getProperty(BIN_PROPERTY, "");
        return installed.isBlank() ? unpacked().resolve("bin") : Path.of(installed);
    }

    /**
     * A directory for what belongs to the unpacked programs, made if it is not there; empty where installed ones are taken.
     *
     * @param purpose what it is for, in one word
     */
    static Optional<Path> besideUnpacked(String purpose) throws IOException {
        if (!System.getProperty(BIN_PROPERTY, "").isBlank()) {
            return Optional.empty();
        }
        Path programs = unpacked();
        return Optional.of(Files.createDirectories(programs.resolveSibling(programs.getFileName() + "-" + purpose)));
    }

    private static Path unpacked() throws IOException {
        URL archive = PostgresBinaries.class.getResource(ARCHIVE);
        if (archive == null || !System.getProperty("os.arch").equals("amd64")) {
            throw new IOException("no PostgreSQL binaries for this platform on the class path: name the directory of"
                    + " installed ones with -D" + BIN_PROPERTY);
        }
        Path cache = cacheDirectory();
        Path target = cache.resolve(nameOf(archive));
        if (Files.notExists(target)) {
            Path own = Files.createTempDirectory(cache, "unpacking-");
            Files.setPosixFilePermissions(own, PROGRAM);
            unpack(archive, own);
            publish(own, target);
        }
        return target;
    }

    /** The name of the jar has the version, so that another version gets a directory of its own. */
    private static String nameOf(URL archive) {
        String jar = archive.getPath().replaceFirst("!.*", "");
        return jar.substring(jar.lastIndexOf('/') + 1).replaceFirst("\\.jar$", "");
    }

    private static Path cacheDirectory() throws IOException {
        var candidates = List.of(
                Path.of(System.getProperty("user.home"), ".cache", "lo-migrate"),
                Path.of("/var/cache/lo-migrate"),
                Path.of(System.getProperty("java.io.tmpdir"), "lo-migrate-cache-" + System.getProperty("user.name")));
        for (Path candidate : candidates) {
            if (reachable(candidate) && creatable(candidate)) {
                return candidate;
            }
        }
        throw new IOException("no directory to unpack PostgreSQL into, tried " + candidates);
    }

    /** Root does not run the server itself, so the other user must get there: a home directory often refuses that. */
    private static boolean reachable(Path directory) throws IOException {
        return !ServerUser.needed() || ServerUser.reaches(directory);
    }

    private static boolean creatable(Path directory) {
        try {
            Files.createDirectories(directory);
            // The cache is executed: in a directory below /tmp that somebody else made anything may be waiting.
            return Files.isWritable(directory)
                    && Files.getOwner(directory).getName().equals(System.getProperty("user.name"));
        } catch (IOException e) {
            return false;
        }
    }

    private static void unpack(URL archive, Path target) throws IOException {
        try (InputStream compressed = archive.openStream();
                var tar = new TarArchiveInputStream(new XZCompressorInputStream(compressed))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, target.resolve(entry.getName()).normalize());
            }
        }
    }

    private static void unpack(InputStream content, TarArchiveEntry entry, Path path) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, PROGRAM);
            return;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
            Files.copy(content, path);
            Files.setPosixFilePermissions(path, (entry.getMode() & 0100) != 0 ? PROGRAM : DATA);
        }
    }

    private static void publish(Path own, Path target) throws IOException {
        try {
            Files.move(own, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (FileSystemException e) {
            // Another JVM was first; what it unpacked is the same.
            delete(own);
            if (Files.notExists(target)) {
                throw e;
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
