package ch.tocco.lomigrate.lo;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The name under which the bucket holds an object, made once its content is known.
 *
 * @param text 1 to {@value #MAX_BYTES} bytes of UTF-8, without control characters and without segments that a path would
 *     swallow
 */
public record ObjectKey(String text) {
    /** Amazon S3 User Guide, "Naming Amazon S3 objects". */
    public static final int MAX_BYTES = 1024;

    private static final List<String> SWALLOWED = List.of(".", "..");

    public ObjectKey {
        requireNonNull(text);
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > MAX_BYTES) {
            throw new IllegalArgumentException("an object key has 1 to " + MAX_BYTES + " bytes, not " + length);
        }
        if (text.chars().anyMatch(Character::isISOControl)
                || List.of(text.split("/", -1)).stream().anyMatch(SWALLOWED::contains)) {
            throw new IllegalArgumentException("no safe object key: " + text);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
