package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.config.plugins.processor.PluginCache;
import org.apache.logging.log4j.core.config.plugins.processor.PluginProcessor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What the logs look like; tried in a process of its own, as the configuration is read once. */
@Timeout(60)
@Tag("slow")
final class LoggingTest {
    /** Those of the patterns in {@link LogSetting}. */
    private static final Set<String> CONVERTERS = Set.of(
            "DatePatternConverter",
            "LevelPatternConverter",
            "LineSeparatorPatternConverter",
            "MessagePatternConverter",
            "notEmpty",
            "ThreadPatternConverter",
            "ThrowablePatternConverter");

    /** Has the JVM tell of each class that it loads. */
    private static final String CLASSES = "-Xlog:class+load";

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
    void levelAndStackTracesGoTogether() throws Exception {
        assertThat(logged("debug", "true"))
                .contains("details", "java.io.IOException: broken pipe", "\tat " + Probe.class.getName())
                .doesNotContain("chatter");
    }

    /** Which a newer Log4j may have in another package, or not have. */
    @Test
    void pluginsThatTextNeedsAreThoseThatLog4jHas() throws IOException {
        var all = new PluginCache();
        all.loadCacheFiles(getClass().getClassLoader().getResources(PluginProcessor.PLUGIN_CACHE_FILE));
        var needed = new PluginCache();
        all.getCategory("converter").forEach((key, plugin) -> {
            if (CONVERTERS.contains(plugin.getName())) {
                needed.getCategory("converter").put(key, plugin);
            }
        });
        assertThat(needed.size()).isEqualTo(1);
        assertThat(needed.getCategory("converter")).hasSize(CONVERTERS.size());
        var list = new ByteArrayOutputStream();
        needed.writeCache(list);
        Path recorded = Path.of("src/main/resources").resolve(LogPlugins.LIST);
        if (Boolean.getBoolean("lo.migrate.record")) {
            Files.write(recorded, list.toByteArray());
        }
        assertThat(recorded).as("run scripts/generate").hasBinaryContent(list.toByteArray());
    }

    @Test
    void noPluginIsLoadedThatTextDoesNotNeed() throws Exception {
        assertThat(logged("info", "false", CLASSES))
                .contains("log4j.core.pattern.LevelPatternConverter")
                .doesNotContain("log4j.core.appender.SmtpAppender", "log4j.layout.template.json.resolver");
    }

    @Test
    void linesOfJsonAreObjectsWithTheFieldsOfTheCommonSchema() throws Exception {
        List<JsonNode> lines = logged("info", "false", "json")
                .lines()
                .map(line -> new ObjectMapper().readTree(line.replace("redirected: ", "")))
                .toList();
        assertThat(lines).hasSize(5).allSatisfy(line -> {
            assertThat(line.propertyNames())
                    .contains("@timestamp", "log.level", "message", "ecs.version", "log.logger", "process.thread.name");
            assertThat(Instant.parse(line.get("@timestamp").asString())).isBefore(Instant.now());
            assertThat(line.get("process.pid").isNumber()).isTrue();
            assertThat(line.get("labels.run_id").asString()).matches("[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}");
        });
        assertThat(lines.stream().map(line -> line.get("labels.run_id")).distinct())
                .hasSize(1);
        assertThat(lines.get(0).get("message").asString()).isEqualTo("hello");
        assertThat(lines.get(0).get("log.level").asString()).isEqualTo("INFO");
        assertThat(lines.get(0).has("error.message")).isFalse();
        assertThat(lines.get(1).get("error.message").asString()).contains("broken pipe");
        assertThat(lines.get(1).has("error.stack_trace")).isFalse();
        assertThat(lines.get(2).get("message").asString())
                .isEqualTo("a \"quoted\" \\ \u00e4\u0001\nline $" + "{sys:user.home} %m");
        assertThat(lines.get(3).get("message").asString()).isEqualTo("said");
    }

    /** What docs/watching.md lists, each somewhere, and nothing else. */
    @Test
    void fieldsAreThoseOfTheManual() throws Exception {
        String page = Files.readString(Path.of("../docs/watching.md"));
        Set<String> documented = Pattern.compile("`([a-z@_.]+)`")
                .matcher(page.lines()
                        .dropWhile(line -> !line.startsWith("| Field |"))
                        .takeWhile(line -> line.startsWith("|"))
                        .map(line -> line.split("\\|", -1)[1])
                        .collect(Collectors.joining()))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> written = new TreeSet<>();
        logged("info", "true", "json")
                .lines()
                .forEach(line -> written.addAll(new ObjectMapper()
                        .readTree(line.replace("redirected: ", ""))
                        .propertyNames()));
        assertThat(documented).hasSize(12).isEqualTo(written);
    }

    @Test
    void stackTraceIsAFieldOfALineOfJson() throws Exception {
        List<String> lines = logged("info", "true", "json").lines().toList();
        assertThat(lines).hasSize(5);
        JsonNode failed = new ObjectMapper().readTree(lines.get(1));
        assertThat(failed.get("error.stack_trace").asString())
                .contains("java.io.IOException: broken pipe\n", "\tat " + Probe.class.getName());
    }

    private static String logged(String level, String stackTraces, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                List.of(more).contains(CLASSES) ? CLASSES : "-Xlog:disable",
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
            Logging.prepare();
            List<String> wishes = List.of(arguments);
            Logging.configure(arguments[0], Boolean.parseBoolean(arguments[1]), wishes.contains("json"));
            Logger own = LogManager.getLogger("ch.tocco.lomigrate.Probe");
            Logger other = LogManager.getLogger("org.example.Other");
            own.info("hello");
            own.debug("details");
            own.warn("failed", new IOException("broken pipe"));
            if (wishes.contains("json")) {
                own.warn("a \"quoted\" \\ \u00e4\u0001\nline {}", "$" + "{sys:user.home} %m");
                Logging.saidAsJson("said");
            }
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
