package ch.tocco.lomigrate.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.Progress;
import ch.tocco.lomigrate.demo.Picture;
import ch.tocco.lomigrate.demo.SvgText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * The picture of the display in the documentation is what {@code scripts/demo --picture} made of a run: its numbers agree with
 * each other as those of a run do, and its lines are those of today's display.
 */
final class DisplayPictureTest {
    private static final Path DOCS = Path.of("../docs");
    private static final String BAR_BEGINS = "\u2595";
    private static final int COLUMNS = 142;
    private static final Pattern STAGE =
            Pattern.compile("processed: +([0-9]+), current speed: +[0-9.]+ Lo/s, average speed: +([0-9.]+) Lo/s");
    private static final Pattern USED = Pattern.compile("used +([0-9.]+) of +([0-9.]+)(?: MiB)?, +([0-9.]+)% full");

    private static List<String> picture() throws IOException {
        return Files.readAllLines(DOCS.resolve("display.txt"));
    }

    @Test
    void theSvgIsMadeFromTheText() throws IOException {
        assertThat(DOCS.resolve("display.svg")).hasContent(SvgText.of(picture(), Picture.TITLE));
    }

    @Test
    void theLinesAreThoseOfTodaysDisplay() throws IOException {
        List<String> block = picture().stream()
                .dropWhile(line -> !line.startsWith(BAR_BEGINS))
                .takeWhile(line -> !line.startsWith("FAILED OBJECTS"))
                .map(DisplayPictureTest::withoutNumbers)
                .toList();

        assertThat(block)
                .containsExactlyElementsOf(today().lines()
                        .takeWhile(line -> !line.startsWith("FAILED OBJECTS"))
                        .map(DisplayPictureTest::withoutNumbers)
                        .toList());
    }

    private static String withoutNumbers(String line) {
        return line.replaceAll("[-+]?[0-9][0-9:.-]*", "N")
                .replaceAll("(?<=\\S) +", " ")
                .replaceAll("[\u2588\u2591]+", "=")
                .replaceAll("ETA (\\?|N[dhm] N[hms])", "ETA")
                .replaceAll("waits for .* N failed", "waits for");
    }

    private static String today() {
        Snapshot before = snapshot(Duration.ofSeconds(9));
        Snapshot now = snapshot(Duration.ofSeconds(10));
        return new BarLine(now, before, Waits.STORE).text(COLUMNS, true) + "\n"
                + StatusText.progress(now, before, Duration.ofSeconds(1));
    }

    private static Snapshot snapshot(Duration elapsed) {
        return new Snapshot(
                LocalDateTime.of(2026, 1, 1, 0, 0),
                elapsed,
                new Progress(new Counters.Totals(100, 1), 50, 10, 0, 0, 0),
                Stream.of("observer thread", "receiver threads", "storer threads", "committer threads")
                        .map(label -> new Snapshot.Stage(label, 50, 1000))
                        .toList(),
                Stream.of("receive queue", "store queue", "commit queue", "giant rows", "giant files")
                        .map(label -> new Snapshot.Ring(label, 1, 8))
                        .toList(),
                Stream.of("objects in memory", "spill directory")
                        .map(label -> new Snapshot.Budget(label, 1, 8))
                        .toList(),
                Map.of(),
                0,
                0,
                List.of(),
                Snapshot.Held.NOT);
    }

    /** Each stage has been at work since the start of the run, and none is ahead of the one before it. */
    @Test
    void theStagesAreThoseOfOneRun() throws IOException {
        List<MatchResult> stages = all(STAGE);

        assertThat(stages).hasSize(4);
        double elapsed = number(stages.get(0), 1) / number(stages.get(0), 2);
        for (int i = 1; i < stages.size(); i++) {
            assertThat(number(stages.get(i), 1)).isLessThanOrEqualTo(number(stages.get(i - 1), 1));
            assertThat(number(stages.get(i), 1) / number(stages.get(i), 2))
                    .isCloseTo(elapsed, Percentage.withPercentage(0.5));
        }
    }

    @Test
    void theSharesAreThoseOfTheNumbers() throws IOException {
        List<MatchResult> used = all(USED);

        assertThat(used).hasSize(7);
        for (MatchResult line : used) {
            assertThat(number(line, 3)).isCloseTo(100 * number(line, 1) / number(line, 2), within(0.06));
        }
        List<MatchResult> overview = all(Pattern.compile("([0-9.]+)%, ([0-9]+) of ([0-9]+) object have been migrated"));
        assertThat(overview).hasSize(1);
        assertThat(number(overview.get(0), 1))
                .isCloseTo(100 * number(overview.get(0), 2) / number(overview.get(0), 3), within(0.01));
    }

    private static double number(MatchResult match, int group) {
        return Double.parseDouble(match.group(group));
    }

    private static List<MatchResult> all(Pattern pattern) throws IOException {
        return picture().stream()
                .flatMap(line -> pattern.matcher(line).results())
                .toList();
    }
}
