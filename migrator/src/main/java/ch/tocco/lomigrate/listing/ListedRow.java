package ch.tocco.lomigrate.listing;

import ch.tocco.lomigrate.lo.Checksum;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoFailure;
import ch.tocco.lomigrate.lo.RowContent;
import ch.tocco.lomigrate.lo.RowContent.InRow;
import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import ch.tocco.lomigrate.lo.RowKey;
import ch.tocco.lomigrate.lo.Size;
import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.mapping.SourceMapping;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A pending row with whatever values it has. */
public final class ListedRow {
    private final SourceMapping mapping;
    private final List<String> key;
    private final Figure oid;
    private final Figure size;
    private final String checksum;
    private final String mimeType;
    private final String fileName;
    private final List<String> metadata;
    private final List<String> expressions;
    private Long measured;
    private String former;
    private LoFailure failure;

    /** What {@link #checksum} says in hexadecimal, once it was asked for: twice for each row. */
    private Optional<String> hex;

    /**
     * A row of a source.
     *
     * @param key values of the key columns, null where the table has NULL, as are all that follow
     * @param oid as the expression gives it; of content in the row, its version
     * @param size as the expression gives it
     * @param checksum as the expression gives it
     * @param mimeType as the expression gives it
     * @param fileName as the expression gives it
     * @param metadata in the order of the mapping
     * @param expressions for the object key, in the order of the mapping
     */
    ListedRow(
            SourceMapping mapping,
            List<String> key,
            Figure oid,
            Figure size,
            String checksum,
            String mimeType,
            String fileName,
            List<String> metadata,
            List<String> expressions) {
        this.mapping = mapping;
        this.key = key;
        this.oid = oid;
        this.size = size;
        this.checksum = checksum;
        this.mimeType = mimeType;
        this.fileName = fileName;
        this.metadata = metadata;
        this.expressions = expressions;
    }

    /** The key for people and for the list of failures; null where it is one column with a NULL. */
    public String keyText() {
        return key.size() == 1 ? key.get(0) : key.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /** The values of the key, null where the table has NULL. */
    List<String> key() {
        return key;
    }

    /** The oid; -1 where there is none, or no number. */
    public long oid() {
        return mapping.content().inRow() || oid == null || !oid.isCanonical() ? -1 : oid.number();
    }

    /** What its content is called in the list of failures; null where the row has none. */
    public String oidText() {
        if (oid == null) {
            return null;
        }
        return mapping.content().inRow() ? new InRow(oid.text()).reference() : oid.text();
    }

    /** A row whose key alone could be listed. */
    static ListedRow unlistable(SourceMapping mapping, List<String> key, String words) {
        ListedRow row = new ListedRow(mapping, key, null, null, null, null, null, List.of(), List.of());
        row.fail(FailureReason.EXPRESSION, words);
        return row;
    }

    /** Whatever its values are, it cannot be migrated. */
    void fail(FailureReason reason, String message) {
        failure = new LoFailure(reason, keyText(), oidText(), null, message);
    }

    /** Whether it does not say how long its object is. */
    boolean lacksSize() {
        return size == null && measured == null && malformed().isEmpty();
    }

    /** PostgreSQL says how long the object is. */
    void measured(long bytes) {
        measured = bytes;
    }

    /** The bucket has an object of this row, of the content that it named before; its SHA-256 in hexadecimal. */
    void storedBefore(String sha256) {
        former = sha256;
    }

    /** What is wrong with the row, so that it must not reach a batch; empty for a row that can be true. */
    public Optional<LoFailure> malformed() {
        if (failure != null) {
            return Optional.of(failure);
        }
        if (!mapping.complete() && key.contains(null)) {
            return failure(FailureReason.INVALID_KEY, "a column of the key is NULL: " + keyText());
        }
        Optional<String> wrong = wrongChecksum();
        if (wrong.isPresent()) {
            return failure(FailureReason.MALFORMED_HASH, wrong.get());
        }
        if (size == null ? mapping.complete() : !size.isNumber() || size.number() < 0) {
            return failure(FailureReason.INVALID_SIZE, "size is " + shown(size) + ", wanted 0 or more");
        }
        if (mapping.content().inRow()) {
            return oid == null ? failure(FailureReason.NO_CONTENT, "the content is NULL") : Optional.empty();
        }
        if (!LargeObject.isOid(oid())) {
            return failure(FailureReason.INVALID_OID, "oid is " + shown(oid) + ", wanted 1 to " + LargeObject.MAX_OID);
        }
        return Optional.empty();
    }

    /** In quotes where it is a text that is no number: it may be empty, or end in blanks. */
    private static String shown(Figure figure) {
        return figure == null || figure.isCanonical() ? String.valueOf(figure) : "'" + figure + "'";
    }

    private Optional<String> wrongChecksum() {
        if (mapping.checksum().isEmpty() || (checksum == null && !mapping.complete())) {
            return Optional.empty();
        }
        Checksum.Algorithm algorithm = mapping.checksum().get().algorithm();
        if (checksum != null && hex(algorithm).isPresent()) {
            return Optional.empty();
        }
        String shown = String.valueOf(checksum).strip();
        return Optional.of(
                mapping.complete()
                        ? "hash is '" + shown + "', wanted 40 hex digits"
                        : algorithm.title() + " is '" + shown + "', wanted " + 2 * algorithm.bytes()
                                + " hex digits, or base64");
    }

    private Optional<String> hex(Checksum.Algorithm algorithm) {
        if (hex == null) {
            hex = inHex(algorithm);
        }
        return hex;
    }

    /** The checksum in hexadecimal as the row has it, or made of base64; empty where it is neither. */
    private Optional<String> inHex(Checksum.Algorithm algorithm) {
        if (checksum.length() == 2 * algorithm.bytes()) {
            return isHex(checksum) ? Optional.of(checksum) : Optional.empty();
        }
        if (mapping.complete()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(checksum);
            return bytes.length == algorithm.bytes()
                    ? Optional.of(HexFormat.of().formatHex(bytes))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** The row, once {@link #malformed} found nothing. */
    public SourceRow row() {
        return new SourceRow(new RowKey(key), expected(), size(), mimeType, content(), extras());
    }

    private RowContent content() {
        return mapping.content().inRow() ? new InRow(oid.text()) : new LargeObject(oid());
    }

    private Optional<Checksum> expected() {
        if (checksum == null) {
            return Optional.empty();
        }
        Checksum.Algorithm algorithm = mapping.checksum().orElseThrow().algorithm();
        return hex(algorithm).map(hex -> new Checksum(algorithm, hex));
    }

    private Size size() {
        if (size != null) {
            return Size.declared(size.number());
        }
        return measured == null ? Size.UNKNOWN : Size.measured(measured);
    }

    private SourceRow.Extras extras() {
        if (fileName == null && metadata.isEmpty() && expressions.isEmpty() && former == null) {
            return SourceRow.Extras.NONE;
        }
        Map<String, String> named = new LinkedHashMap<>();
        int i = 0;
        for (String name : mapping.metadata().keySet()) {
            String value = metadata.get(i++);
            if (value != null) {
                named.put(name, value);
            }
        }
        return new SourceRow.Extras(fileName, named, new ArrayList<>(expressions), former);
    }

    private Optional<LoFailure> failure(FailureReason reason, String message) {
        Long bytes = size != null && size.isNumber() ? size.number() : null;
        return Optional.of(new LoFailure(reason, keyText(), oidText(), bytes, message));
    }
}
