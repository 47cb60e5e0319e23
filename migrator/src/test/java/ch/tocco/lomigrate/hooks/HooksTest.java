package ch.tocco.lomigrate.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program is told of a run, in order, with nothing but what it should know, and never holds the run up for long. */
@Timeout(60)
final class HooksTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final RunControl control = new RunControl();

    @TempDir
    private Path temp;

    private Path log;

    @BeforeEach
    void closeToOthers() throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        log = temp.resolve("log");
    }

    private Path script(String text) throws IOException {
        Path script = Files.createTempFile(temp, "hook", ".sh");
        Files.writeString(script, "#!/bin/sh\n" + text + "\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }

    private Hooks hooks(Path script) {
        return hooks(script, Duration.ofSeconds(20));
    }

    private Hooks hooks(Path script, Duration longest) {
        Map<String, String> environment =
                Map.of("PATH", System.getenv("PATH"), "HOME", "/home/me", "LANG", "C", "PGPASSWORD", "hidden");
        return new Hooks(Optional.of(script), environment, Map.of("BUCKET", "photos"), control, longest);
    }

    private List<String> logged() throws IOException {
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    @Test
    void programIsToldOfAllInOrder() throws Exception {
        Hooks hooks =
                hooks(script("echo $LO_EVENT_NAME $LO_EVENT_SERVER $LO_EVENT_OUTCOME $LO_EVENT_BUCKET >> " + log));
        hooks.check();
        assertThat(logged()).as("a check executes nothing").isEmpty();
        hooks.start();
        assertThat(logged()).containsExactly("start photos");
        Breaker breaker = new Breaker("PostgreSQL", Duration.ofHours(1), control);
        Breaker another = new Breaker("PostgreSQL", Duration.ofHours(1), control);
        announce(breaker);
        announce(another);
        breaker.succeeded();
        another.succeeded();
        Await.until(LIMIT, "back", () -> logged().size() == 3);
        hooks.end("all-migrated", "all migrated");
        assertThat(logged())
                .containsExactly(
                        "start photos",
                        "outage PostgreSQL photos",
                        "back PostgreSQL photos",
                        "end all-migrated photos");
    }

    private static void announce(Breaker breaker) throws InterruptedException {
        breaker.failed("refused");
        while (!breaker.tryTurn()) {
            Thread.sleep(5);
        }
        breaker.failed("refused again");
    }

    @Test
    void programGetsNoSecretAndNothingToRead() throws Exception {
        Hooks hooks = hooks(script("env > " + log + "; read line && echo LINE=$line >> " + log + "; true"));
        hooks.start();
        Map<String, String> seen = new TreeMap<>();
        logged().forEach(line -> seen.put(line.split("=", 2)[0], line.split("=", 2)[1]));
        // what a shell sets for itself
        seen.keySet().removeAll(List.of("PWD", "OLDPWD", "SHLVL", "_"));
        assertThat(seen)
                .containsOnlyKeys("PATH", "HOME", "LANG", "LO_EVENT_NAME", "LO_EVENT_PID", "LO_EVENT_BUCKET")
                .containsEntry("HOME", "/home/me");
    }

    @Test
    void noShellReadsWhatAServerSays() throws Exception {
        Hooks hooks = hooks(script("printf '%s\\n' \"$LO_EVENT_CAUSE\" >> " + log));
        hooks.start();
        hooks.away("the store", "$(touch " + temp.resolve("harm") + ")\n; `id`\0");
        hooks.end("stopped", "");
        assertThat(logged()).containsExactly("", "$(touch " + temp.resolve("harm") + ") ; `id` ", "");
        assertThat(temp.resolve("harm")).doesNotExist();
    }

    @Test
    void programThatFailsAtTheStartRefusesTheRunInItsOwnWords() throws Exception {
        Path script = script("echo 'no maintenance window' >&2; exit 3");
        assertThatThrownBy(() -> hooks(script).start())
                .isInstanceOf(RefusedException.class)
                .hasMessage("--hook " + script
                        + " ended with exit code 3: no maintenance window, so the run does not begin");
    }

    @Test
    void programThatTakesTooLongIsKilledWithItsChildren() throws Exception {
        Path script = script("sleep 1234 & echo $! > " + log + "; wait");
        assertThatThrownBy(() -> hooks(script, SHORT).start()).hasMessageContaining("took over 1 s and was killed");
        long child = Long.parseLong(logged().get(0));
        Await.until(
                LIMIT,
                "child is gone",
                () -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void endOfTheRunKillsTheFirstProgram() throws Exception {
        Path script = script("echo begun > " + log + "; sleep 1234");
        CompletableFuture<Void> starting = Background.run(() -> hooks(script).start());
        Await.until(LIMIT, "begun", () -> !logged().isEmpty());
        control.stop();
        assertThatThrownBy(starting::get).hasMessageContaining("was killed, as the run ended");
    }

    @Test
    void runDoesNotWaitForAProgramInItsMiddleAndEventsComeOneAtATime() throws Exception {
        Hooks hooks = hooks(script("[ $LO_EVENT_NAME = start ] && exit; [ -e " + temp + "/busy ] && echo TWICE >> "
                + log + "; touch " + temp + "/busy; sleep 0.2; rm " + temp + "/busy; echo $LO_EVENT_NAME >> " + log));
        hooks.start();
        long begun = System.nanoTime();
        hooks.away("the store", "503");
        hooks.back("the store");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(200));
        Await.until(LIMIT, "both", () -> logged().size() == 2);
        hooks.end("stopped", "");
        assertThat(logged()).containsExactly("outage", "back", "end");
    }

    @Test
    void programThatOthersCanWriteIsRefused() throws Exception {
        Path script = script("exit 0");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThatThrownBy(() -> hooks(script).check())
                .isInstanceOf(RefusedException.class)
                .hasMessage("--hook " + script + ": other users can change " + script.toRealPath()
                        + ", and what it holds would run with this user's rights: chmod go-w " + script.toRealPath());
    }

    @Test
    void programInADirectoryWhereOthersCanReplaceItIsRefused() throws Exception {
        Path script = script("exit 0");
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> hooks(script).check())
                .hasMessageContaining("other users can change " + temp.toRealPath());
        Path link = Files.createSymbolicLink(Files.createTempDirectory("hook").resolve("link"), script);
        assertThatThrownBy(() -> hooks(link).check())
                .as("a link to it is no better")
                .hasMessageContaining("other users can change " + temp.toRealPath());
        Files.setAttribute(temp, "unix:mode", 01777);
        hooks(script).check(); // as in /tmp: others cannot replace what is not theirs
        Files.delete(link);
        Files.delete(link.getParent());
    }

    @Test
    void whatIsNoProgramIsRefused() throws Exception {
        Path text = Files.writeString(temp.resolve("text"), "no program");
        assertThatThrownBy(() -> hooks(text).check())
                .hasMessageContaining("is not a program that this user may execute");
        assertThatThrownBy(() -> hooks(temp).check()).hasMessageContaining("is not a program");
        assertThatThrownBy(() -> hooks(temp.resolve("gone")).check()).hasMessageContaining("does not exist");
    }

    @Test
    void withoutAProgramNothingIsToldAndNothingFails() throws Exception {
        var none = new Hooks(Optional.empty(), Map.of(), Map.of(), control);
        none.check();
        none.start();
        none.end("stopped", "");
        assertThat(logged()).isEmpty();
    }
}
