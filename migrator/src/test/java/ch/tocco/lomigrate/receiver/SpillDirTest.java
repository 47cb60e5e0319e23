package ch.tocco.lomigrate.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The spill directory is private, goes with its run, and what crashed runs left goes with the next one. */
@Timeout(60)
final class SpillDirTest {
    @TempDir
    private Path parent;

    private List<Path> directories() throws IOException {
        try (Stream<Path> all = Files.list(parent)) {
            return all.sorted().toList();
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void onlyTheOwnerMayReadAnything() throws Exception {
        try (var directory = SpillDir.create(parent);
                var file = directory.newFile()) {
            assertThat(directories()).hasSize(1);
            Path made = directories().get(0);
            assertThat(made.getFileName().toString())
                    .matches("lo-migrate-" + ProcessHandle.current().pid() + "-[0-9a-f]{16}");
            assertThat(permissions(made)).isEqualTo("rwx------");
            assertThat(permissions(file.file())).isEqualTo("rw-------");
            assertThat(permissions(made.resolve("lock"))).isEqualTo("rw-------");
            assertThat(directory.freeBytes()).isPositive();
        }
    }

    @Test
    void closingRemovesTheDirectoryWithAllThatIsLeftInIt() throws Exception {
        try (var directory = SpillDir.create(parent)) {
            var writer = directory.newFile();
            writer.write(new byte[] {1, 2, 3}, 1, 2);
            writer.close();
            assertThat(writer.file()).hasBinaryContent(new byte[] {2, 3});
            assertThat(directory.newFile().file()).isNotEqualTo(writer.file());
        }
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void restartedFileHasOnlyWhatCameAfterwards() throws Exception {
        try (var directory = SpillDir.create(parent);
                var writer = directory.newFile()) {
            writer.write(new byte[100], 0, 100);
            writer.restart();
            writer.write(new byte[] {7}, 0, 1);
            assertThat(writer.file()).hasBinaryContent(new byte[] {7});
            writer.discard();
            assertThat(writer.file()).doesNotExist();
        }
    }

    @Test
    void whatACrashedRunLeftIsRemoved() throws Exception {
        Path left = Files.createDirectory(parent.resolve("lo-migrate-1-0123456789abcdef"));
        Files.createFile(left.resolve("lock"));
        Files.writeString(left.resolve("lo-1"), "left");
        SpillDir.create(parent).close();
        assertThat(left).doesNotExist();
    }

    @Test
    void emptyDirectoryOfARunThatWasKilledBeforeItLockedItIsRemovedOnceItIsOld() throws Exception {
        Path left = Files.createDirectory(parent.resolve("lo-migrate-1-0123456789abcdef"));
        Path young = Files.createDirectory(parent.resolve("lo-migrate-2-0123456789abcdef"));
        Path full = Files.createDirectory(parent.resolve("lo-migrate-3-0123456789abcdef"));
        Files.writeString(full.resolve("lo-1"), "none of ours");
        Path otherName = Files.createDirectory(parent.resolve("lo-migrate-4-backup"));
        var old = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
        for (Path directory : List.of(left, full, otherName)) {
            Files.setLastModifiedTime(directory, old);
        }
        SpillDir.create(parent).close();
        assertThat(left).doesNotExist();
        assertThat(young).exists();
        assertThat(full.resolve("lo-1")).exists();
        assertThat(otherName).exists();
    }

    @Test
    void whatCannotBeToldToBeAbandonedStays() throws Exception {
        Path beingMade = Files.createDirectory(parent.resolve("lo-migrate-1-00"));
        Path other = Files.createDirectory(parent.resolve("other-1-00"));
        Files.createFile(other.resolve("lock"));
        Path file = Files.createFile(parent.resolve("lo-migrate-2-00"));
        SpillDir.create(parent).close();
        assertThat(beingMade).exists();
        assertThat(other.resolve("lock")).exists();
        assertThat(file).exists();
    }

    @Test
    void symbolicLinksAreNotFollowed() throws Exception {
        Path precious = Files.createDirectory(parent.resolve("precious"));
        Files.createFile(precious.resolve("lock"));
        Files.writeString(precious.resolve("file"), "keep");
        Files.createSymbolicLink(parent.resolve("lo-migrate-1-aa"), precious);
        Path linkedLock = Files.createDirectory(parent.resolve("lo-migrate-1-bb"));
        Files.createSymbolicLink(linkedLock.resolve("lock"), precious.resolve("lock"));
        Path linkedFile = Files.createDirectory(parent.resolve("lo-migrate-1-cc"));
        Files.createFile(linkedFile.resolve("lock"));
        Files.createSymbolicLink(linkedFile.resolve("lo-1"), precious.resolve("file"));

        SpillDir.create(parent).close();

        assertThat(precious.resolve("file")).hasContent("keep");
        assertThat(precious.resolve("lock")).exists();
        assertThat(linkedLock).exists();
        assertThat(linkedFile).doesNotExist();
    }

    @Test
    void directoryOfAnotherUserStays() throws Exception {
        Path theirs = Files.createDirectory(parent.resolve("lo-migrate-1-dd"));
        Files.createFile(theirs.resolve("lock"));
        try {
            Files.setAttribute(theirs, "unix:uid", 12345);
        } catch (IOException notRoot) {
            Assumptions.abort("only root can make a directory of another user");
        }
        SpillDir.create(parent).close();
        assertThat(theirs.resolve("lock")).exists();
    }

    @Test
    void liveRunOfAnotherProcessKeepsItsDirectory() throws Exception {
        Process holder = startHolder();
        try {
            Path theirs = directories().get(0);
            SpillDir.create(parent).close();
            SpillDir.create(parent).close();
            assertThat(theirs.resolve("lo-1")).exists();

            holder.destroyForcibly().waitFor();
            assertThat(theirs.resolve("lo-1")).as("left by the crash").exists();
            SpillDir.create(parent).close();
            assertThat(parent).isEmptyDirectory();
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void anotherRunOfThisProcessKeepsItsDirectoryAndItsLock() throws Exception {
        try (var first = SpillDir.create(parent)) {
            Path file = first.newFile().file();
            SpillDir.create(parent).close();
            assertThat(file).exists();

            // A lock goes when its process closes any other descriptor of the file.
            Process holder = startHolder();
            try {
                assertThat(file).exists();
            } finally {
                holder.destroyForcibly();
            }
        }
    }

    private Process startHolder() throws IOException {
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        parent.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(holder.inputReader().readLine()).isEqualTo("ready");
        return holder;
    }

    @Test
    void parentThatIsNotThereIsAnError() {
        assertThatThrownBy(() -> SpillDir.create(parent.resolve("missing"))).isInstanceOf(IOException.class);
    }
}
