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
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Removes the spill directories that crashed runs of the same user have left. It touches only directories that have
 * the name, owner and mode of a spill directory, a lock file that no process holds, and no file that this tool has not
 * made: {@code --spill-dir} may be any directory, with files of others in it.
 */
final class AbandonedSpillDirs {
    private static final Logger LOG = LogManager.getLogger(AbandonedSpillDirs.class);

    /** Making takes milliseconds. */
    private static final Duration LONGEST_MAKING = Duration.ofMinutes(10);

    private final Path own;
    private final Set<Path> ofThisProcess;

    /**
     * @param own a spill directory that this process has just made
     * @param ofThisProcess all spill directories of this process, which must not be looked at
     */
    AbandonedSpillDirs(Path own, Set<Path> ofThisProcess) {
        this.own = own;
        this.ofThisProcess = ofThisProcess;
    }

    void removeBelow(Path parent) throws IOException {
        UserPrincipal me = Files.getOwner(own);
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, SpillNames.PREFIX + "*-*")) {
            for (Path directory : found) {
                if (!ofThisProcess.contains(directory)) {
                    removeIfAbandoned(directory, me);
                }
            }
        }
    }

    private static void removeIfAbandoned(Path directory, UserPrincipal me) {
        try {
            if (SpillNames.isSpillDirectory(directory, me)) {
                removeIfUnlocked(directory, me);
            }
        } catch (IOException e) {
            LOG.debug("{} is left alone: {}", directory, e.toString());
        }
    }

    private static void removeIfUnlocked(Path directory, UserPrincipal me) throws IOException {
        Path lockFile = directory.resolve(SpillNames.LOCK_FILE);
        // The lock is held while the directory is removed, so that a run which is just making it notices.
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = SpillNames.isLockFile(lockFile, me) ? channel.tryLock() : null) {
            if (lock != null) {
                removeIfOnlyOurs(directory);
            }
        } catch (NoSuchFileException noLock) {
            removeIfNeverLocked(directory);
        }
    }

    private static void removeIfOnlyOurs(Path directory) throws IOException {
        if (!SpillNames.holdsOnlyOurFiles(directory)) {
            LOG.warn(
                    "{} was left by a run that did not end cleanly, but it holds files that lo-migrate has not made:"
                            + " remove it yourself",
                    directory);
            return;
        }
        SpillNames.removeOurFiles(directory);
        Files.delete(directory);
        LOG.info("removed {}, left by a run that did not end cleanly", directory);
    }

    /**
     * A directory without its lock file is one that is just being made, or one whose maker was killed before it could
     * lock it. Only an empty one is removed, so nothing is lost; should its maker have slept for that long, it finds no
     * directory and makes another.
     */
    private static void removeIfNeverLocked(Path directory) throws IOException {
        Instant made =
                Files.getLastModifiedTime(directory, LinkOption.NOFOLLOW_LINKS).toInstant();
        if (made.isBefore(Instant.now().minus(LONGEST_MAKING))) {
            Files.delete(directory);
            LOG.info("removed {}, empty and left by a run that was killed at its start", directory);
        }
    }
}
