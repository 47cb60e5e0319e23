package ch.tocco.lomigrate.watch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The page that shows a run: one file with its style and its script, which loads nothing else. A browser that keeps to its
 * policy runs this script and no other, whatever a name or a message contains. Immutable.
 */
public final class Page {
    private static final String STYLE = text("page.css");
    private static final String SCRIPT = text("page.js");
    private static final String HTML =
            text("page.html").replace("/*STYLE*/", STYLE).replace("/*SCRIPT*/", SCRIPT);
    private static final String INLINE = "default-src 'none'; style-src " + hash(STYLE) + "; script-src " + hash(SCRIPT)
            + "; base-uri 'none'; form-action 'none'";

    private Page() {}

    /** The page that asks the server it came from for the numbers, in UTF-8. */
    public static byte[] live() {
        return HTML.replace("<!--POLICY-->\n", "").replace("<!--DATA-->\n", "").getBytes(UTF_8);
    }

    /** The Content-Security-Policy that goes with the live page. */
    public static String livePolicy() {
        return INLINE + "; connect-src 'self'; frame-ancestors 'none'";
    }

    /**
     * The page with all numbers in it, to be opened as a file; in UTF-8.
     *
     * @param report a JSON object
     */
    public static byte[] report(String report) {
        // within JSON it stands in strings only, where a number does as well; as it is, it could end the element
        String data = report.replace("<", "\\u003c");
        return HTML.replace("<!--POLICY-->", "<meta http-equiv=\"Content-Security-Policy\" content=\"" + INLINE + "\">")
                .replace("<!--DATA-->", "<script type=\"application/json\" id=\"data\">" + data + "</script>")
                .getBytes(UTF_8);
    }

    private static String hash(String inline) {
        try {
            byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(inline.getBytes(UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(sha256) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(String resource) {
        try (InputStream in = Page.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
