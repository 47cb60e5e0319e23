package ch.tocco.lomigrate.testkit.checks;

import ch.tocco.lomigrate.testkit.servers.RunningS3;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The secrets of the test servers, made so that they are recognised wherever they come out: every piece between two
 * reserved characters carries the same mark of letters, which no encoding of URLs, XML or JSON changes.
 */
public final class Secrets {
    /** Part of each secret, and of nothing else that a test says. */
    public static final String MARK = "PssstHush";

    /** With the characters that have to be percent-encoded in a URL. */
    public static final String PASSWORD = MARK + "1@" + MARK + "2/" + MARK + "3:" + MARK + "4%" + MARK + "5";

    /** With the two characters that AWS has in its own ones. */
    public static final String SECRET_KEY = MARK + "6/" + MARK + "7+" + MARK + "8";

    /** In lower case. */
    private static final List<String> KNOWN_TEXTS = known(System.getenv(RunningS3.SECRET_KEY))
            .map(text -> text.toLowerCase(Locale.ROOT))
            .toList();

    private static final Pattern KNOWN = Pattern.compile(
            KNOWN_TEXTS.stream().map(Pattern::quote).collect(Collectors.joining("|")), Pattern.CASE_INSENSITIVE);

    private Secrets() {}

    /** The mark, and the secret of a server that somebody else has started, as it is and percent-encoded. */
    private static Stream<String> known(String running) {
        Stream<String> texts = running == null || running.isEmpty()
                ? Stream.of(MARK)
                : Stream.of(MARK, running, URLEncoder.encode(running, StandardCharsets.UTF_8));
        return Stream.concat(texts, encodedMark());
    }

    /** In hexadecimal, and in Base64, where it looks different by what stands before it. */
    private static Stream<String> encodedMark() {
        byte[] mark = MARK.getBytes(StandardCharsets.US_ASCII);
        return Stream.of(
                HexFormat.of().formatHex(mark),
                base64(mark),
                base64(Arrays.copyOfRange(mark, 1, mark.length - 2)),
                base64(Arrays.copyOfRange(mark, 2, mark.length - 1)));
    }

    private static String base64(byte[] threes) {
        return Base64.getEncoder().encodeToString(threes);
    }

    /** Far quicker for long texts than to match each line, and almost every text is clean. */
    private static boolean isClean(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return KNOWN_TEXTS.stream().noneMatch(lower::contains);
    }

    /** The lines that show a secret or a piece of one, by number and with the secret masked. */
    public static List<String> shownIn(String text) {
        var shown = new ArrayList<String>();
        if (isClean(text)) {
            return shown;
        }
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            var matcher = KNOWN.matcher(line);
            if (matcher.find()) {
                shown.add("line " + number + ": " + matcher.replaceAll("[SECRET]"));
            }
        }
        return shown;
    }

    /** Fails if a text shows a secret or a piece of one; what it says then does not. */
    public static void requireNoneIn(String what, String text) {
        var shown = shownIn(text);
        if (!shown.isEmpty()) {
            throw new AssertionError(what + " shows a secret\n" + String.join("\n", shown));
        }
    }
}
