package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.cli.SourceMessages.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each message on the troubleshooting page is one of the tool's, and each that a user may meet is on the page. */
final class TroubleshootingTest {
    private static final Page PAGE = Page.of("docs/troubleshooting.md");

    /** What PostgreSQL and its driver say, after the tool's own "database …: ". */
    private static final String OTHERS = "The database refuses the connection";

    /** Calls whose messages a user may meet: warnings and errors of the log, and what refuses or ends a run. */
    private static final Set<String> SEEN = Set.of(
            "LOG.warn",
            "LOG.error",
            "Finding.warn",
            "Finding.fail",
            "RefusedException",
            "RunAborted",
            "mistakes.warning");

    /** Left out of the page on purpose. */
    private static final Set<String> LEFT_OUT = Set.of(
            "… objects failed; …", // goes before a message of finalizing
            "at the end of the run", // said of a bug, with its stack trace
            "internal error; no details available (possibly out of memory)"); // nothing can be done about it

    @Test
    void everyMessageOfThePageIsInTheSources() throws IOException {
        List<String> known = known();

        assertThat(messages()).hasSizeGreaterThan(100);
        assertThat(messages().stream()
                        .filter(message -> known.stream()
                                .noneMatch(
                                        text -> pattern(message).matcher(text).find())))
                .as("messages that no string in the sources has")
                .isEmpty();
    }

    @Test
    void everyMessageThatUsersMeetIsOnThePage() throws IOException {
        List<Pattern> page = messages().stream()
                .filter(TroubleshootingTest::saysEnough)
                .map(TroubleshootingTest::pattern)
                .toList();
        List<String> seen = SourceMessages.below(sources()).stream()
                .filter(message -> SEEN.contains(message.call()))
                .map(Message::text)
                .filter(text -> !LEFT_OUT.contains(text))
                .toList();

        assertThat(seen).hasSizeGreaterThan(60);
        assertThat(seen.stream()
                        .filter(text -> page.stream()
                                .noneMatch(pattern -> pattern.matcher(text).lookingAt())))
                .as("messages that docs/troubleshooting.md does not explain")
                .isEmpty();
    }

    @Test
    void nothingIsLeftOutThatTheSourcesNoLongerSay() throws IOException {
        assertThat(known()).containsAll(LEFT_OUT);
    }

    @Test
    void messagesOfTheDriverStandBehindTheToolsOwnWords() {
        assertThat(codeOf(OTHERS).filter(message -> message.startsWith("database ")))
                .hasSizeGreaterThan(5)
                .allMatch(message -> message.startsWith("database …: "));
    }

    /** What begins with a gap may match anything, if its words are common ones. */
    private static boolean saysEnough(String message) {
        return !message.startsWith(SourceMessages.GAP)
                || message.replace(SourceMessages.GAP, "").length() > 12;
    }

    private static List<String> known() throws IOException {
        return SourceMessages.below(sources()).stream().map(Message::text).toList();
    }

    private static Path sources() {
        return Page.ROOT.resolve("migrator/src/main/java");
    }

    /** The first column of each table; where a server or the driver speaks, only the beginning, which is the tool's. */
    private static List<String> messages() {
        return PAGE.matches("(?m)(?<=^## ).*$").stream()
                .flatMap(TroubleshootingTest::codeOf)
                .map(message -> message.startsWith("database …: ") ? "database …: …" : message)
                .toList();
    }

    private static Stream<String> codeOf(String section) {
        return PAGE.rows(section).stream().flatMap(row -> new Page("", row.get(0)).code().stream());
    }

    /** The message with anything in place of each gap; it may be a part of what the sources say. */
    private static Pattern pattern(String message) {
        return Pattern.compile(Arrays.stream(message.split(SourceMessages.GAP, -1))
                .map(part -> part.isEmpty() ? "" : Pattern.quote(part))
                .collect(Collectors.joining(".*")));
    }
}
