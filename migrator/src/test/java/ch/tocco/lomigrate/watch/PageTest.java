package ch.tocco.lomigrate.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/** The page is one file that loads nothing, and its policy allows its own style and script only. */
final class PageTest {
    private static final Pattern DATA =
            Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

    private final String live = new String(Page.live(), UTF_8);

    private static String between(String text, String from, String to) {
        int start = text.indexOf(from) + from.length();
        return text.substring(start, text.indexOf(to, start));
    }

    private static String hash(String inline) throws Exception {
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(inline.getBytes(UTF_8));
        return "'sha256-" + Base64.getEncoder().encodeToString(sha256) + "'";
    }

    @Test
    void policyNamesTheHashesOfItsOwnStyleAndScriptAndNothingElseMayRun() throws Exception {
        assertThat(Page.livePolicy())
                .startsWith("default-src 'none'; ")
                .contains("style-src " + hash(between(live, "<style>", "</style>")) + ";")
                .contains("script-src " + hash(between(live, "<script>", "</script>")) + ";")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
    }

    @Test
    void pageLoadsNothingFromElsewhere() {
        assertThat(live)
                .doesNotContainPattern("(?i)\\b(?:src|href)\\s*=\\s*[\"']?+(?!#)")
                .doesNotContain("@import")
                .doesNotContain("url(")
                .doesNotContain("<!--");
        assertThat(live.replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http:")
                .doesNotContain("https:");
    }

    /** What makes markup or code of a text must not be there at all. */
    @Test
    void textsOfTheServerCannotBecomeMarkupOrCode() {
        assertThat(live)
                .doesNotContain("innerHTML")
                .doesNotContain("outerHTML")
                .doesNotContain("insertAdjacentHTML")
                .doesNotContain("document.write")
                .doesNotContain("eval(")
                .doesNotContain("Function(")
                .doesNotContainPattern("\\bon[a-z]+=");
    }

    @Test
    void reportHasItsDataAndItsPolicyInside() {
        String html = new String(Page.report("{\"command\":\"a<b\"}"), UTF_8);
        assertThat(html)
                .contains(
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
        assertThat(between(html, "content=\"default-src", "\">")).doesNotContain("connect-src");
        Matcher data = DATA.matcher(html);
        assertThat(data.find()).isTrue();
        assertThat(JsonNode.parser()
                        .parse(data.group(1))
                        .asObject()
                        .get("command")
                        .text())
                .isEqualTo("a<b");
    }

    @Test
    void nameOfAnObjectCannotEndTheDataAndBeginAScript() {
        String evil = "{\"command\":\"</script><script>alert(1)</script><!--\"}";
        String html = new String(Page.report(evil), UTF_8);
        assertThat(html).doesNotContain("alert(1)</script>").doesNotContain("<script>alert");
        Matcher data = DATA.matcher(html);
        assertThat(data.find()).isTrue();
        assertThat(JsonNode.parser()
                        .parse(data.group(1))
                        .asObject()
                        .get("command")
                        .text())
                .isEqualTo("</script><script>alert(1)</script><!--");
    }
}
