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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** A directory with a lock file, as {@code SpillDir} makes it: only its owner may use it. */
    private Path leftDirectory(String name) throws IOException {
        Path made = privateDirectory(name);
        Files.createFile(
                made.resolve("lock"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return made;
    }

    private Path privateDirectory(String name) throws IOException {
        return Files.createDirectory(
                parent.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    @Test
    void whatACrashedRunLeftIsRemoved() throws Exception {
        Path left = leftDirectory("lo-migrate-1-0123456789abcdef");
        Files.writeString(left.resolve("lo-1"), "left");
        SpillDir.create(parent).close();
        assertThat(left).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lo-migrate-notes-2026",
                "lo-migrate-1-00",
                "lo-migrate-1-0123456789ABCDEF",
                "lo-migrate-1-0123456789abcdef0",
                "lo-migrate-x-0123456789abcdef",
                "lo-migrate--0123456789abcdef",
                "lo-migrate-1-0123456789abcdef.old"
            })
    void directoryOfAnotherNameStaysWithAllItsFiles(String name) throws Exception {
        Path foreign = leftDirectory(name);
        Files.writeString(foreign.resolve("lo-1"), "none of ours");
        SpillDir.create(parent).close();
        assertThat(foreign.resolve("lock")).exists();
        assertThat(foreign.resolve("lo-1")).hasContent("none of ours");
    }

    @ParameterizedTest
    @CsvSource({"rwxr-xr-x, rw-------", "rwx------, rw-r--r--"})
    void directoryThatOthersMayUseStaysWithAllItsFiles(String mode, String lockMode) throws Exception {
        Path foreign = leftDirectory("lo-migrate-1-0123456789abcdef");
        Files.writeString(foreign.resolve("lo-1"), "none of ours");
        Files.setPosixFilePermissions(foreign.resolve("lock"), PosixFilePermissions.fromString(lockMode));
        Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString(mode));
        SpillDir.create(parent).close();
        assertThat(foreign.resolve("lock")).exists();
        assertThat(foreign.resolve("lo-1")).exists();
    }

    /** Somebody has put something there: it may be precious, and it was never ours. */
    @Test
    void directoryWithAForeignFileStaysAsItIs() throws Exception {
        Path mixed = leftDirectory("lo-migrate-1-0123456789abcdef");
        Files.writeString(mixed.resolve("lo-1"), "left");
        Files.writeString(mixed.resolve("notes.txt"), "precious");
        SpillDir.create(parent).close();
        assertThat(mixed.resolve("notes.txt")).hasContent("precious");
        assertThat(mixed.resolve("lo-1")).exists();
        assertThat(mixed.resolve("lock")).exists();
    }

    @Test
    void closingLeavesAForeignFileAndRemovesOnlyItsOwn() throws Exception {
        Path made;
        Path spilled;
        try (var directory = SpillDir.create(parent)) {
            made = directories().get(0);
            spilled = directory.newFile().file();
            Files.writeString(made.resolve("notes.txt"), "precious");
        }
        assertThat(made.resolve("notes.txt")).hasContent("precious");
        assertThat(spilled).doesNotExist();
    }

    @Test
    void emptyDirectoryOfARunThatWasKilledBeforeItLockedItIsRemovedOnceItIsOld() throws Exception {
        Path left = privateDirectory("lo-migrate-1-0123456789abcdef");
        Path young = privateDirectory("lo-migrate-2-0123456789abcdef");
        Path full = privateDirectory("lo-migrate-3-0123456789abcdef");
        Files.writeString(full.resolve("lo-1"), "none of ours");
        Path otherName = privateDirectory("lo-migrate-4-backup");
        Path otherMode = Files.createDirectory(parent.resolve("lo-migrate-5-0123456789abcdef"));
        Files.setPosixFilePermissions(otherMode, PosixFilePermissions.fromString("rwxr-x---"));
        var old = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
        for (Path directory : List.of(left, full, otherName, otherMode)) {
            Files.setLastModifiedTime(directory, old);
        }
        SpillDir.create(parent).close();
        assertThat(left).doesNotExist();
        assertThat(young).exists();
        assertThat(full.resolve("lo-1")).exists();
        assertThat(otherName).exists();
        assertThat(otherMode).exists();
    }

    @Test
    void whatCannotBeToldToBeAbandonedStays() throws Exception {
        Path beingMade = privateDirectory("lo-migrate-1-0123456789abcdef");
        Path other = leftDirectory("other-1-0123456789abcdef");
        Path file = Files.createFile(parent.resolve("lo-migrate-2-0123456789abcdef"));
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
        Files.createSymbolicLink(parent.resolve("lo-migrate-1-aaaaaaaaaaaaaaaa"), precious);
        Path linkedLock = privateDirectory("lo-migrate-1-bbbbbbbbbbbbbbbb");
        Files.createSymbolicLink(linkedLock.resolve("lock"), precious.resolve("lock"));
        Path linkedFile = leftDirectory("lo-migrate-1-cccccccccccccccc");
        Files.createSymbolicLink(linkedFile.resolve("lo-1"), precious.resolve("file"));

        SpillDir.create(parent).close();

        assertThat(precious.resolve("file")).hasContent("keep");
        assertThat(precious.resolve("lock")).exists();
        assertThat(linkedLock).exists();
        assertThat(linkedFile).doesNotExist();
    }

    @Test
    void directoryOfAnotherUserStays() throws Exception {
        Path theirs = leftDirectory("lo-migrate-1-dddddddddddddddd");
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
