package ch.tocco.lomigrate.storer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Bodies of error answers that nobody thought of: what can be read is read, and nothing is thrown. */
final class S3ErrorPropertyTest {
    private static final List<String> PIECES = List.of(
            "<?xml version=\"1.0\"?>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]>",
            "<Error>",
            "</Error>",
            "<Code>",
            "</Code>",
            "<Message>",
            "</Message>",
            "<Code/>",
            "<x>",
            "&a;",
            "&#0;",
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

    @Property
    void brokenMarkupIsNoException(@ForAll @From("markup") String body) {
        assertThat(S3Error.parse(body.getBytes(StandardCharsets.UTF_8))).isNotNull();
    }

    @Example
    void noiseIsNotSpokenOfOnStderr() {
        PrintStream stderr = System.err;
        var said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            S3Error.parse(new byte[] {'<', 'a', '>', -1, -2});
        } finally {
            System.setErr(stderr);
        }
        assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Property
    void noiseIsNoException(@ForAll byte[] body) {
        assertThat(S3Error.parse(body)).isNotNull();
    }
}
