package ch.tocco.lomigrate.receiver;

import ch.tocco.lomigrate.config.TuningConfig;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * This run's own directory for spill files: {@code lo-migrate-<pid>-<random>}, that no other user can read, with a locked
 * file in it that tells other runs that it is in use. Thread-safe.
 */
public final class SpillDir implements SpillFiles, AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(SpillDir.class);
    private static final int MAX_ATTEMPTS = 20;

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
            Path directory = realParent.resolve(
                    SpillNames.PREFIX + ProcessHandle.current().pid() + "-" + random);
            OWN.add(directory);
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(SpillNames.DIRECTORY_MODE));
            FileChannel lockFile = lock(directory);
            if (lockFile != null) {
                new AbandonedSpillDirs(directory, OWN).removeBelow(realParent);
                return new SpillDir(directory, lockFile);
            }
            OWN.remove(directory);
        }
        throw new IOException("other runs keep removing new directories in " + parent);
    }

    /**
     * How many bytes the spill files of a run may have, at least 1: never more than the disk has room for.
     *
     * @param wanted what the user gives; empty: {@value TuningConfig#SPILL_SHARE_PERCENT} % of what is free
     * @param free bytes that are free where the files go, and those that files of other runs there take for now
     */
    public static long budget(OptionalLong wanted, long free) {
        long bytes = wanted.orElse(free / 100 * TuningConfig.SPILL_SHARE_PERCENT);
        if (bytes > free) {
            // So an object that the empty disk could not hold fails at once, and is not waited for.
            LOG.warn("--spill-budget is more than the {} MiB that are free there, which bound it", free >> 20);
        }
        return Math.max(1, Math.min(bytes, free));
    }

    /** Null if another run that is just starting took the directory for an abandoned one before it was locked. */
    private static FileChannel lock(Path directory) throws IOException {
        Path file = directory.resolve(SpillNames.LOCK_FILE);
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
                PosixFilePermissions.asFileAttribute(SpillNames.FILE_MODE));
    }

    @Override
    public long freeBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    /**
     * Bytes that spill files of other runs of this user take next to this directory. They go again: a share of the disk
     * is not measured by what others have on it for now.
     */
    public long bytesOfOthers() throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> others = Files.newDirectoryStream(directory.getParent(), SpillNames.PREFIX + "*")) {
            for (Path other : others) {
                bytes += other.equals(directory) ? 0 : bytesIn(other);
            }
        }
        return bytes;
    }

    private static long bytesIn(Path other) {
        long bytes = 0;
        try (DirectoryStream<Path> spilled = Files.newDirectoryStream(other)) {
            for (Path file : spilled) {
                bytes += Files.size(file);
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("what {} holds cannot be told: {}", other, e.toString()); // of another user, or gone by now
        }
        return bytes;
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
        Path file = directory.resolve(SpillNames.FILE_PREFIX + files.incrementAndGet());
        return new SpillWriter(file, newFile(file));
    }

    /** Removes the spill files that are left, and the directory, unless another process has put files into it. */
    @Override
    public void close() {
        try {
            lockFile.close();
            SpillNames.removeOurFiles(directory);
            Files.delete(directory);
        } catch (DirectoryNotEmptyException foreign) {
            LOG.warn("spill directory {} stays: it holds files that lo-migrate has not made", directory);
        } catch (IOException e) {
            LOG.warn("spill directory {} could not be removed: {}", directory, e.toString());
        } finally {
            OWN.remove(directory);
        }
    }
}
