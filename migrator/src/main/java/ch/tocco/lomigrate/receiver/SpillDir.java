package ch.tocco.lomigrate.receiver;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * This run's own directory for spill files: {@code lo-migrate-<pid>-<random>}, readable by nobody else, with a locked
 * file in it that tells other runs that it is in use. Thread-safe.
 */
public final class SpillDir implements SpillFiles, AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(SpillDir.class);
    private static final String PREFIX = "lo-migrate-";
    private static final String LOCK_FILE = "lock";
    private static final Pattern NAME = Pattern.compile(PREFIX + "\\d+-[0-9a-f]{16}");
    private static final int MAX_ATTEMPTS = 20;

    /** Making takes milliseconds. */
    private static final Duration LONGEST_MAKING = Duration.ofMinutes(10);

    private static final Set<PosixFilePermission> ONLY_OWNER_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> ONLY_OWNER_FILE = PosixFilePermissions.fromString("rw-------");

    /**
     * Directories of this process, which must not be looked at: closing a lock file once more would give its lock up,
     * as POSIX has it.
     */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel lockFile;
    private final AtomicLong files = new AtomicLong();

    private SpillDir(Path directory, FileChannel lockFile) {
        this.directory = directory;
        this.lockFile = lockFile;
    }

    /**
     * Makes the directory below {@code parent} and removes the ones that crashed runs of the same user have left there.
     *
     * @throws IOException {@code parent} does not exist or may not be written to
     */
    public static SpillDir create(Path parent) throws IOException {
        Path realParent = parent.toRealPath();
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            String random =
                    HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
            Path directory = realParent.resolve(PREFIX + ProcessHandle.current().pid() + "-" + random);
            OWN.add(directory);
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(ONLY_OWNER_DIRECTORY));
            FileChannel lockFile = lock(directory);
            if (lockFile != null) {
                removeAbandoned(realParent, directory);
                return new SpillDir(directory, lockFile);
            }
            OWN.remove(directory);
        }
        throw new IOException("other runs keep removing new directories in " + parent);
    }

    /** Null if another run that is just starting took the directory for an abandoned one before it was locked. */
    private static FileChannel lock(Path directory) throws IOException {
        Path file = directory.resolve(LOCK_FILE);
        FileChannel channel = null;
        try {
            channel = newFile(file);
            if (channel.tryLock() != null && Files.exists(file)) {
                return channel;
            }
        } catch (NoSuchFileException removed) {
            LOG.debug("{} was removed by another run", directory);
        }
        if (channel != null) {
            channel.close();
        }
        return null;
    }

    private static FileChannel newFile(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(ONLY_OWNER_FILE));
    }

    @Override
    public long freeBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public boolean isThere() {
        return Files.isDirectory(directory);
    }

    @Override
    public String toString() {
        return directory.toString();
    }

    @Override
    public SpillWriter newFile() throws IOException {
        Path file = directory.resolve("lo-" + files.incrementAndGet());
        return new SpillWriter(file, newFile(file));
    }

    /** Removes the directory with all that is left in it. */
    @Override
    public void close() {
        try {
            lockFile.close();
            removeTree(directory);
        } catch (IOException e) {
            LOG.warn("spill directory {} could not be removed: {}", directory, e.toString());
        } finally {
            OWN.remove(directory);
        }
    }

    private static void removeAbandoned(Path parent, Path own) throws IOException {
        UserPrincipal me = Files.getOwner(own);
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*-*")) {
            for (Path directory : found) {
                if (!OWN.contains(directory)) {
                    removeIfAbandoned(directory, me);
                }
            }
        }
    }

    private static void removeIfAbandoned(Path directory, UserPrincipal me) {
        try {
            boolean mine = Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(me);
            if (mine) {
                removeIfUnlocked(directory);
            }
        } catch (IOException e) {
            LOG.debug("{} is left alone: {}", directory, e.toString());
        }
    }

    private static void removeIfUnlocked(Path directory) throws IOException {
        // The lock is held while the directory is removed, so that a run which is just making it notices.
        try (FileChannel channel = FileChannel.open(
                        directory.resolve(LOCK_FILE), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                removeTree(directory);
                LOG.info("removed {}, left by a run that did not end cleanly", directory);
            }
        } catch (NoSuchFileException noLock) {
            removeIfNeverLocked(directory);
        }
    }

    /**
     * A directory without its lock file is one that is just being made, or one whose maker was killed before it could
     * lock it, or none of ours. Only an empty one is removed, so nothing is lost; should its maker have slept for that
     * long, it finds no directory and makes another.
     */
    private static void removeIfNeverLocked(Path directory) throws IOException {
        Instant made =
                Files.getLastModifiedTime(directory, LinkOption.NOFOLLOW_LINKS).toInstant();
        if (NAME.matcher(directory.getFileName().toString()).matches()
                && made.isBefore(Instant.now().minus(LONGEST_MAKING))) {
            Files.delete(directory);
            LOG.info("removed {}, empty and left by a run that was killed at its start", directory);
        }
    }

    private static void removeTree(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.delete(directory);
    }
}
