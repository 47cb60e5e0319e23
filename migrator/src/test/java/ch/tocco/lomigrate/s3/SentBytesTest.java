package ch.tocco.lomigrate.s3;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.testkit.data.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SentBytesTest {
    private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);
    private static final String MD5_OF_ABC = "900150983cd24fb0d6963f7d28e17f72"; // RFC 1321, A.5

    private static PutBody body(byte[] content, String expected) {
        return new PutBody(Content.of(content), new SentBytes(expected));
    }

    private static PutBody sent(PutBody body) {
        while (!body.sendRequestBody(ByteBuffer.allocateDirect(2))) {
            // the buffer is full: the next piece
        }
        return body;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"" + MD5_OF_ABC + "\"", MD5_OF_ABC, "\"900150983CD24FB0D6963F7D28E17F72\""})
    void nothingIsWrongWhereTheEtagIsTheMd5OfWhatWasSent(String etag) {
        assertThat(sent(body(ABC, Digests.of(ABC).sha256())).compare("PUT", etag))
                .isEmpty();
    }

    @Test
    void bytesThatAreSentAgainCountOnce() {
        PutBody body = body(ABC, Digests.of(ABC).sha256());
        body.sendRequestBody(ByteBuffer.allocate(2));
        body.resetPosition();
        assertThat(sent(body).compare("PUT", MD5_OF_ABC)).isEmpty();
    }

    @Test
    void anotherEtagIsACorruptedObjectThatMayBeSentAgain() {
        var wrong = sent(body(ABC, Digests.of(ABC).sha256()))
                .compare("PUT", "\"d41d8cd98f00b204e9800998ecf8427e\"")
                .orElseThrow();
        assertThat(wrong.kind()).isEqualTo(FaultKind.PASSING);
        assertThat(wrong.reason()).isEqualTo(FailureReason.CORRUPTED);
        assertThat(wrong).hasMessageContaining(MD5_OF_ABC);
    }

    /** The store would agree with what a disk has made of the bytes. */
    @Test
    void otherBytesThanWereReadAreNoObjectEvenIfTheStoreHasThem() {
        var wrong = sent(body(ABC, Digests.of(new byte[3]).sha256()))
                .compare("PUT", MD5_OF_ABC)
                .orElseThrow();
        assertThat(wrong.kind()).isEqualTo(FaultKind.OBJECT);
        assertThat(wrong.reason()).isEqualTo(FailureReason.SPILL);
    }

    @Test
    void nothingIsComparedWhereTheStoreVerifies() {
        assertThat(sent(new PutBody(Content.of(ABC))).compare("PUT", "anything"))
                .isEmpty();
    }
}
