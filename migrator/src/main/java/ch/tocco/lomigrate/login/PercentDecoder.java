package ch.tocco.lomigrate.login;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Decodes {@code %41} in the parts of a URL. A plus sign stays one. */
final class PercentDecoder {
    private PercentDecoder() {}

    /** @param part the name of the text for a message, which never shows the text itself */
    static String decode(String text, String part) throws PgUrlException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int i = 0;
        while (i < text.length()) {
            if (text.charAt(i) == '%') {
                bytes.write(decodedByte(text, i, part));
                i += 3;
            } else {
                int next = text.offsetByCodePoints(i, 1);
                bytes.writeBytes(text.substring(i, next).getBytes(StandardCharsets.UTF_8));
                i = next;
            }
        }
        return asText(bytes.toByteArray(), part);
    }

    private static int decodedByte(String text, int at, String part) throws PgUrlException {
        int high = at + 2 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
        int low = at + 2 < text.length() ? Character.digit(text.charAt(at + 2), 16) : -1;
        if (high < 0 || low < 0) {
            throw new PgUrlException(
                    "has a '%' without two hexadecimal digits in its " + part + " (write %25 for '%')");
        }
        int value = high * 16 + low;
        if (value == 0) {
            throw new PgUrlException("has a %00 in its " + part);
        }
        return value;
    }

    private static String asText(byte[] bytes, String part) throws PgUrlException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new PgUrlException("has percent-encoded bytes that are no UTF-8 in its " + part);
        }
    }
}
