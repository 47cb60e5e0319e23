package ch.tocco.lomigrate.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real browser shows the live page and the report of a run, and takes pictures of both. For {@code scripts/try-page}: skipped
 * unless that asks for it, or where no Chromium is installed.
 */
@ExtendWith(Backends.class)
@Timeout(600)
@Tag("slow")
final class PageInBrowserIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Pattern LOGGED = Pattern.compile("at http://127\\.0\\.0\\.1:([0-9]+)/");
    private static final Path PICTURES = Path.of("target/page").toAbsolutePath();

    /** A key that would become markup if a page took it for that. */
    private static final String EVIL = "<img src=x onerror=alert(1)>";

    @TempDir
    private Path temp;

    @Test
    void browserShowsLivePageAndReportWithoutComplaint(SourceDatabase database, S3Server s3) throws Exception {
        assumeThat(Boolean.getBoolean("lo.migrate.try"))
                .as("scripts/try-page asks for it")
                .isTrue();
        assumeThat(isInstalled()).as("Chromium is installed").isTrue();
        Files.createDirectories(PICTURES);
        fill(database);
        Path pause = temp.resolve("pause");
        Path report = temp.resolve("report.html");
        var cli = Cli.migrating(database, s3, s3.createBucket())
                .arguments(List.of("--spill-dir", temp.toString(), "--interval", "1", "--metrics-addr", "0"))
                .arguments(List.of("--max-rate", "120", "--pause-file", pause.toString()))
                .arguments(List.of("--report", report.toString()));
        try (var tool = new StartedTool(cli, temp)) {
            tool.awaitOutput("at http://127.0.0.1:");
            Matcher logged = LOGGED.matcher(tool.output());
            assertThat(logged.find()).isTrue();
            String url = "http://127.0.0.1:" + logged.group(1) + "/";
            Thread.sleep(10_000); // something is to be seen over time
            Files.createFile(pause);
            tool.awaitOutput("paused: the file ");
            Thread.sleep(3_000);
            String live = dom(url);
            assertThat(live)
                    .contains("copies objects")
                    .contains("paused: pause file")
                    .contains("class=\"curve c0\"");
            pictures(url, "live");
            Files.delete(pause);
            tool.end(1);
        }
        String end = dom(report.toUri().toString());
        assertThat(end)
                .contains("has ended: objects failed")
                .contains("MALFORMED_HASH")
                .contains("&lt;img src=x onerror=alert(1)&gt;")
                .contains("lo-migrate migrate --s3-url");
        assertThat(end.substring(end.indexOf("id=\"overview\""))).doesNotContain("<img");
        pictures(report.toUri().toString(), "report");
        System.out.println("pictures are in " + PICTURES);
    }

    private static void fill(SourceDatabase database) throws Exception {
        database.fill(2000, 1, seed -> 2000 + 900 * (int) (seed % 97), "text/plain");
        database.query("SELECT count(lo_unlink(data)) FROM (SELECT data FROM _nice_binary ORDER BY data LIMIT 12) x");
        database.query("UPDATE _nice_binary SET hash = '" + EVIL + "' WHERE data = (SELECT max(data) FROM _nice_binary)"
                + " RETURNING 1");
    }

    private static boolean isInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder("chromium", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void pictures(String url, String name) throws Exception {
        chromium(url, "--screenshot=" + PICTURES.resolve(name + "-light.png"), "--window-size=1280,3600");
        chromium(
                url,
                "--screenshot=" + PICTURES.resolve(name + "-dark.png"),
                "--window-size=1280,3600",
                "--blink-settings=preferredColorScheme=0");
        chromium(url, "--screenshot=" + PICTURES.resolve(name + "-narrow.png"), "--window-size=500,5600");
    }

    /** What the page has become once its script has run. */
    private String dom(String url) throws Exception {
        return chromium(url, "--dump-dom");
    }

    /** Fails if the browser complains of anything, such as what the policy forbids. */
    private String chromium(String url, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "chromium",
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--user-data-dir=" + temp.resolve("chromium"),
                "--enable-logging=stderr",
                "--virtual-time-budget=5000"));
        command.addAll(List.of(arguments));
        command.add(url);
        Path said = temp.resolve("chromium.log");
        Path shown = temp.resolve("chromium.out");
        Process process = new ProcessBuilder(command)
                .redirectError(said.toFile())
                .redirectOutput(shown.toFile())
                .start();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError("chromium does not end: " + Files.readString(said, UTF_8));
        }
        assertThat(Files.readString(said).lines().filter(line -> line.contains("CONSOLE")))
                .isEmpty();
        return Files.readString(shown, UTF_8);
    }
}
