package ch.tocco.lomigrate.lo;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * The name under which the bucket holds an object, made once its content is known.
 *
 * @param text 1 to {@value #MAX_BYTES} bytes of UTF-8, without control characters and without segments that a path would
 *     swallow
 */
public record ObjectKey(String text) {
    /** Amazon S3 User Guide, "Naming Amazon S3 objects". */
    public static final int MAX_BYTES = 1024;

    private static final int MOST_BYTES_OF_A_CHAR = 3;
    private static final List<String> SWALLOWED = List.of(".", "..");

    public ObjectKey {
        requireNonNull(text);
        int length = text.length() <= MAX_BYTES / MOST_BYTES_OF_A_CHAR
                ? text.length()
                : text.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > MAX_BYTES) {
            throw new IllegalArgumentException("an object key has 1 to " + MAX_BYTES + " bytes, not " + length);
        }
        if (hasControl(text) || (text.indexOf('.') >= 0 && hasSwallowed(text))) {
            throw new IllegalArgumentException("no safe object key: " + text);
        }
    }

    /** A loop, as this is done for each object. */
    private static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasSwallowed(String text) {
        return Stream.of(text.split("/", -1)).anyMatch(SWALLOWED::contains);
    }

    @Override
    public String toString() {
        return text;
    }
}
