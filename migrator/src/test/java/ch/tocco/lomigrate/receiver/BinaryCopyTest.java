package ch.tocco.lomigrate.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Binary COPY data, cut into messages in every way a server could think of. */
final class BinaryCopyTest {
    private static final byte[] SIGNATURE = "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);

    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    private static byte[] copy(String extension, String... values) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.write(SIGNATURE);
        out.writeInt(0);
        out.writeInt(extension.length());
        out.writeBytes(extension);
        for (String value : values) {
            out.writeShort(1);
            out.writeInt(value.length());
            out.writeBytes(value);
        }
        out.writeShort(-1);
        return bytes.toByteArray();
    }

    private String parsed(List<byte[]> messages) throws SQLException {
        read.reset();
        var copy = new BinaryCopy();
        for (byte[] message : messages) {
            copy.message(message, read::write);
        }
        copy.end();
        return read.toString(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 11, 19, 20, 26, 1000})
    void anyCutIntoMessagesGivesTheSameBytes(int size) throws Exception {
        byte[] all = copy("", "first", "", "x", "the last value");
        var messages = new ArrayList<byte[]>();
        for (int at = 0; at < all.length; at += size) {
            messages.add(Arrays.copyOfRange(all, at, Math.min(all.length, at + size)));
        }
        assertThat(parsed(messages)).isEqualTo("firstxthe last value");
    }

    @Test
    void randomCutsWithEmptyMessagesGiveTheSameBytes() throws Exception {
        byte[] all = copy("extension", "a".repeat(300), "", "b".repeat(70_000), "c");
        var random = new Random(1);
        for (int round = 0; round < 200; round++) {
            var messages = new ArrayList<byte[]>();
            for (int at = 0; at < all.length; ) {
                int next = Math.min(all.length, at + random.nextInt(random.nextBoolean() ? 5 : 40_000));
                messages.add(Arrays.copyOfRange(all, at, next));
                at = next;
            }
            assertThat(parsed(messages)).hasSize(70_301).startsWith("aaa").endsWith("bc");
        }
    }

    @Test
    void noRowsAtAllIsNoBytes() throws Exception {
        assertThat(parsed(List.of(copy("")))).isEmpty();
    }

    @Test
    void endBeforeTheTrailerIsMalformed() throws Exception {
        byte[] all = copy("", "value");
        for (int length = 0; length < all.length; length++) {
            byte[] cut = Arrays.copyOf(all, length);
            assertMalformed(cut, "was expected");
        }
    }

    @Test
    void dataAfterTheTrailerIsMalformed() throws Exception {
        byte[] all = copy("", "value");
        assertMalformed(Arrays.copyOf(all, all.length + 1), "after the trailer");
    }

    @Test
    void otherColumnsAndNullAreMalformed() throws Exception {
        byte[] all = copy("", "value");
        all[20] = 2;
        assertMalformed(all, "2 columns");
        byte[] none = copy("", "value");
        Arrays.fill(none, 21, 25, (byte) 0xff);
        assertThatThrownBy(() -> parsed(List.of(none)))
                .as("a NULL is no content")
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42704"));
    }

    @Test
    void lengthThatCannotBeIsMalformed() throws Exception {
        byte[] all = copy("", "value");
        all[21] = (byte) 0x80;
        assertMalformed(all, "length");
    }

    @Test
    void otherSignatureIsMalformed() throws Exception {
        byte[] all = copy("", "value");
        all[0] = 'X';
        assertMalformed(all, "signature");
    }

    private void assertMalformed(byte[] bytes, String words) {
        assertThatThrownBy(() -> parsed(List.of(bytes)))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08P01"))
                .hasMessageContaining(words);
    }
}
