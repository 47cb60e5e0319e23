package ch.tocco.lomigrate.lo;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pending row as the observer listed it, with values that can be true: whether they are, the receiver finds out.
 *
 * @param key the row's key
 * @param expected what the row says that the content hashes to; empty: it does not say
 * @param size length of the content, as far as it is known
 * @param mimeType content type as the table has it; null where the table has NULL
 * @param content where the bytes are
 * @param extras what only some sources have
 */
public record SourceRow(
        RowKey key, Optional<Checksum> expected, Size size, String mimeType, RowContent content, Extras extras) {
    public SourceRow {
        requireNonNull(key);
        requireNonNull(expected);
        requireNonNull(size);
        requireNonNull(content);
        requireNonNull(extras);
    }

    /** A row of a source that has no {@link Extras}. */
    public SourceRow(RowKey key, Optional<Checksum> expected, Size size, String mimeType, RowContent content) {
        this(key, expected, size, mimeType, content, Extras.NONE);
    }

    /**
     * What only some sources have.
     *
     * @param fileName under which a browser saves the object; null: none
     * @param metadata that the object gets, by name
     * @param keyExpressions values for the object key, null where they are NULL, in the order of the source's description
     * @param former SHA-256 of the content that the row named before, which the bucket has under its object key, in
     *     lower-case hexadecimal; null: none is known
     */
    public record Extras(String fileName, Map<String, String> metadata, List<String> keyExpressions, String former) {
        public static final Extras NONE = new Extras(null, Map.of(), List.of(), null);
    }

    /** What a commit finds the row by: one that names other content by then is another row. */
    public Identity identity() {
        return new Identity(key, content);
    }

    /**
     * What tells a row as it was listed from all others, and from itself once it names other content.
     *
     * @param key the row's key
     * @param content where its bytes are
     */
    public record Identity(RowKey key, RowContent content) implements Comparable<Identity> {
        @Override
        public int compareTo(Identity other) {
            int order = key.compareTo(other.key);
            return order != 0 ? order : content.compareTo(other.content);
        }
    }
}
