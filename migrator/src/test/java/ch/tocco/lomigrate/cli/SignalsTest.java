package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The first signal stops, the second ends at once; tried on a process of its own, with real signals. */
@Timeout(60)
@Tag("slow")
final class SignalsTest {
    private final AtomicInteger stops = new AtomicInteger();
    private final List<Integer> halts = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private final Signals signals = new Signals(stops::incrementAndGet, said::add, halts::add);

    @Test
    void firstSignalStopsAndSecondHalts() {
        signals.receive("INT");
        assertThat(stops).hasValue(1);
        assertThat(halts).isEmpty();
        assertThat(said).hasSize(1).first().asString().contains("SIGINT", "a second signal ends it at once");
        signals.receive("TERM");
        assertThat(stops).hasValue(1);
        assertThat(halts).containsExactly(143);
        assertThat(signals.received()).contains(ExitCode.INTERRUPTED);
    }

    @Test
    void hangupStopsButNeverHalts() {
        signals.receive("HUP");
        signals.receive("HUP");
        assertThat(stops).hasValue(1);
        assertThat(halts).isEmpty();
        assertThat(signals.received()).contains(ExitCode.TERMINATED);
    }

    @Test
    void processStopsCleanlyOnItsFirstSignal() throws IOException, InterruptedException {
        assertThat(exitCodeAfter("exits", "INT")).isEqualTo(130);
        assertThat(exitCodeAfter("exits", "HUP")).isEqualTo(143);
    }

    @Test
    void processEndsAtOnceOnItsSecondSignal() throws IOException, InterruptedException {
        assertThat(exitCodeAfter("hangs", "INT", "TERM")).isEqualTo(143);
    }

    @Test
    void processUnderNohupIgnoresHangup() throws IOException, InterruptedException {
        assertThat(exitCodeAfter(List.of("nohup"), "exits", "HUP", "INT")).isEqualTo(130);
    }

    private static int exitCodeAfter(String behaviour, String... names) throws IOException, InterruptedException {
        return exitCodeAfter(List.of(), behaviour, names);
    }

    private static int exitCodeAfter(List<String> before, String behaviour, String... names)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Probe.class.getName(),
                behaviour));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var lines = process.inputReader()) {
            assertThat(waitFor(lines, "ready")).isTrue();
            for (String name : names) {
                new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                        .start()
                        .waitFor();
                // an ignored signal says nothing
                if (before.isEmpty() && !name.equals(names[names.length - 1])) {
                    assertThat(waitFor(lines, "stopping")).isTrue();
                }
            }
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean waitFor(BufferedReader lines, String word) throws IOException {
        String line = lines.readLine();
        while (line != null && !line.contains(word)) {
            line = lines.readLine();
        }
        return line != null;
    }

    /** A process that stops as the tool does, or is too busy to. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] arguments) throws InterruptedException {
            CountDownLatch stop = new CountDownLatch(1);
            Signals signals = new Signals(
                    () -> {
                        if (arguments[0].equals("exits")) {
                            stop.countDown();
                        }
                    },
                    System.out::println,
                    code -> Runtime.getRuntime().halt(code));
            signals.install();
            System.out.println("ready");
            stop.await();
            System.exit(signals.received().orElseThrow().number());
        }
    }
}
