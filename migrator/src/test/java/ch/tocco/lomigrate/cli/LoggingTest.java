package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the logs look like; tried in a process of its own, as the configuration is read once. */
@Timeout(60)
@Tag("slow")
final class LoggingTest {
    private static final String TIME = "[0-9-]{10} [0-9:]{8}\\.[0-9]{3} ";

    @Test
    void linesHaveTimeLevelAndThreadWithoutStackTrace() throws Exception {
        assertThat(logged("info", "false").lines())
                .hasSize(3)
                .satisfiesExactly(
                        line -> assertThat(line).matches(TIME + "INFO  \\[main\\] hello"),
                        line -> assertThat(line).matches(TIME + "WARN  \\[main\\] failed: .*broken pipe.*"),
                        line -> assertThat(line).matches("redirected: " + TIME + "WARN  \\[main\\] of others"));
    }

    @Test
    void levelIsForThisToolOnly() throws Exception {
        assertThat(logged("debug", "false").lines())
                .anyMatch(line -> line.endsWith("details"))
                .noneMatch(line -> line.endsWith("chatter"));
        assertThat(logged("error", "false")).doesNotContain("hello").contains("of others");
    }

    @Test
    void stackTracesAreLoggedOnRequest() throws Exception {
        assertThat(logged("info", "true"))
                .contains("java.io.IOException: broken pipe", "\tat " + Probe.class.getName());
    }

    @Test
    void wishesHoldAlsoIfTheUsualSettingWasReadFirst() throws Exception {
        assertThat(logged("debug", "true", "prepared"))
                .contains("details", "java.io.IOException: broken pipe", "\tat " + Probe.class.getName())
                .doesNotContain("chatter");
        assertThat(logged("info", "false", "prepared").lines()).hasSize(3);
    }

    private static String logged(String level, String stackTraces, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Dlog4j2.configurationFile=classpath:log4j2.xml", // not the tests' own
                "-cp",
                System.getProperty("java.class.path"),
                Probe.class.getName(),
                level,
                stackTraces));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said;
    }

    /** A process that logs. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] arguments) {
            if (arguments.length > 2) {
                Logging.prepare();
                LogManager.getContext(false);
            }
            Logging.configure(arguments[0], Boolean.parseBoolean(arguments[1]));
            Logger own = LogManager.getLogger("ch.tocco.lomigrate.Probe");
            Logger other = LogManager.getLogger("org.example.Other");
            own.info("hello");
            own.debug("details");
            own.warn("failed", new IOException("broken pipe"));
            other.info("chatter");
            PrintStream err = System.err;
            System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8) {
                @Override
                public void write(byte[] bytes, int offset, int length) {
                    err.print("redirected: ");
                    err.write(bytes, offset, length);
                }
            });
            other.warn("of others");
            LogManager.shutdown();
        }
    }
}
