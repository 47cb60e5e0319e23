package ch.tocco.lomigrate.s3;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.wire.RawServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Any bodies of error answers: what can be read is read, and nothing is thrown. */
final class S3ErrorPropertyTest {
    private static final S3Error NOTHING = new S3Error(null, null);
    private static final List<String> PIECES = List.of(
            "<?xml version=\"1.0\"?>",
            "<?xml version=\"1.1\" encoding=\"EBCDIC-XX\"?>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]>",
            "<!DOCTYPE x [",
            "<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;",
            "<Error>",
            "</Error>",
            "<Code>",
            "</Code>",
            "<Message>",
            "</Message>",
            "<Code/>",
            "<x>",
            "<y:x>",
            "<x y='",
            "'/>",
            " xmlns=\"\"",
            "&a;",
            "&#0;",
            "&#xD800;",
            "&#99999999999;",
            "\uD800",
            "\uFEFF",
            "&lt;",
            "<![CDATA[",
            "]]>",
            "<!--",
            "a",
            " ",
            "\0");

    @Provide
    Arbitrary<String> markup() {
        return Arbitraries.of(PIECES).list().ofMaxSize(10).map(pieces -> String.join("", pieces));
    }

    /** Reads it, and nothing is said on stderr, where it would be taken for the tool's own words. */
    private static S3Error parse(byte[] body) {
        PrintStream stderr = System.err;
        var said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            return S3Error.parse(body);
        } finally {
            System.setErr(stderr);
            assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
        }
    }

    private static S3Error parse(String body) {
        return parse(body.getBytes(StandardCharsets.UTF_8));
    }

    @Property
    void brokenMarkupIsNoException(@ForAll @From("markup") String body) {
        assertThat(parse(body)).isNotNull();
    }

    @Property
    void noiseIsNoException(@ForAll byte[] body) {
        assertThat(parse(body)).isNotNull();
    }

    @Property
    void errorWithAByteThatIsWrongIsNoException(@ForAll @IntRange(max = 100) int at, @ForAll byte wrong) {
        byte[] body = "<?xml version=\"1.0\"?><Error><Code>Bad</Code><Message>no&amp;&#33;</Message><x y='z'/></Error>"
                .getBytes(StandardCharsets.US_ASCII);
        body[at % body.length] = wrong;
        assertThat(parse(body)).isNotNull();
    }

    @Property(tries = 256)
    void bytesOfAnotherEncodingAreNoException(@ForAll Encoding encoding, @ForAll @From("markup") String body) {
        assertThat(parse(body.getBytes(Charset.forName(encoding.name().replace('_', '-')))))
                .isNotNull();
    }

    enum Encoding {
        UTF_16,
        UTF_16LE,
        UTF_32,
        ISO_8859_1,
        IBM037
    }

    @Example
    void deepNestingIsNoException() {
        String deep = "<x>".repeat(100_000);
        assertThat(parse(deep)).isEqualTo(NOTHING);
        assertThat(parse("<Error><Code>Bad</Code>" + deep)).isEqualTo(new S3Error("Bad", null));
        assertThat(parse("<Code>" + deep)).isEqualTo(NOTHING);
        assertThat(parse("<x" + " y".repeat(100_000))).isEqualTo(NOTHING);
    }

    /** The parser itself has no words for this one, and throws another exception than it says. */
    @Example
    void faultOfTheParserIsNoException() {
        assertThat(parse("<!DOCTYPE x [\0 <x>")).isEqualTo(NOTHING);
    }

    @Example
    void documentTypeThatIsCutOffIsNotSpokenOf() {
        assertThat(parse("<!DOCTYPE x [<!ENTITY a \"b\">")).isEqualTo(NOTHING);
    }

    @Example
    void entitiesAreNotMultiplied() {
        var body = new StringBuilder("<!DOCTYPE x [<!ENTITY e0 \"ha\">");
        for (int i = 1; i < 20; i++) {
            body.append("<!ENTITY e").append(i).append(" \"").append(("&e" + (i - 1) + ";").repeat(10));
            body.append("\">");
        }
        assertThat(parse(body + "]><Error><Code>&e19;</Code></Error>")).isEqualTo(NOTHING);
    }

    /** What a store, or who takes its place, names in an answer is neither read from the disk nor asked for. */
    @Example
    void nothingOutsideOfTheBodyIsOpened() throws IOException {
        Path file = Files.createTempFile("lo-migrate-", ".txt");
        var asked = new AtomicInteger();
        try (var server = RawServer.start((from, to) -> asked.incrementAndGet())) {
            Files.writeString(file, "content");
            for (String uri : List.of(file.toUri().toString(), "http://127.0.0.1:" + server.port() + "/x")) {
                String named = " SYSTEM \"" + uri + "\">";
                assertThat(parse("<!DOCTYPE x [<!ENTITY a" + named + "]><Error><Code>&a;</Code></Error>"))
                        .isEqualTo(NOTHING);
                assertThat(parse("<!DOCTYPE x [<!ENTITY % a" + named + " %a;]><Error><Code>Bad</Code></Error>"))
                        .isEqualTo(NOTHING);
                assertThat(parse("<!DOCTYPE x" + named + "<Error><Code>Bad</Code></Error>"))
                        .isEqualTo(NOTHING);
            }
            assertThat(asked).hasValue(0);
        } finally {
            Files.delete(file);
        }
    }
}
