package ch.tocco.lomigrate.mapping;

import static java.util.Objects.requireNonNull;

import ch.tocco.lomigrate.lo.Checksum;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A source: its rows, how to tell them apart, where their content is and what is known of it, where it goes, and how it is
 * recorded what is done. Names are as the catalog has them, the builder of SQL quotes them; expressions are SQL over a
 * row, in which {@link #ALIAS} is the table, and come from the operator.
 *
 * @param table the driving table
 * @param join the JOIN clauses that follow it; empty: none
 * @param where which rows; empty: all
 * @param key columns of the table that tell its rows apart; empty: those of its primary key
 * @param only keys of the rows that are meant, the columns of each in the order of the key; empty: all
 * @param content where the bytes are
 * @param size expression of the length in bytes
 * @param checksum what the content should hash to
 * @param mimeType expression of the content type
 * @param fileName expression of the name under which a browser saves it
 * @param metadata expressions by the names of the metadata, in their order
 * @param complete whether a row without a size or a checksum is a bad one; else nothing is checked
 * @param objectKey what the object is called in the bucket
 * @param overwrite whether objects in the bucket may be replaced by other content
 * @param keyExpressions expressions that the object key may use, by their names
 * @param set what is written to a row once its object is safe
 * @param state where it is recorded that a row is done
 */
public record SourceMapping(
        Table table,
        String join,
        String where,
        List<String> key,
        List<List<String>> only,
        Content content,
        Optional<String> size,
        Optional<Expected> checksum,
        Optional<String> mimeType,
        Optional<String> fileName,
        Map<String, String> metadata,
        boolean complete,
        KeyTemplate objectKey,
        boolean overwrite,
        Map<String, String> keyExpressions,
        List<Assignment> set,
        State state) {
    /** What expressions call the driving table. */
    public static final String ALIAS = "t";

    /** The binary table of the Tocco Business Framework. */
    public static final SourceMapping TOCCO = tocco("_nice_binary", "hash", "size", "mime_type", "data", "sha2");

    public SourceMapping {
        requireNonNull(table);
        requireNonNull(join);
        requireNonNull(where);
        key = List.copyOf(key);
        only = only.stream().map(List::copyOf).toList();
        requireNonNull(content);
        requireNonNull(size);
        requireNonNull(checksum);
        requireNonNull(mimeType);
        requireNonNull(fileName);
        metadata = ordered(metadata);
        requireNonNull(objectKey);
        keyExpressions = ordered(keyExpressions);
        set = List.copyOf(set);
        requireNonNull(state);
    }

    /**
     * A table.
     *
     * @param schema empty: the search path finds it
     * @param name without quotes
     */
    public record Table(Optional<String> schema, String name) {
        @Override
        public String toString() {
            return schema.map(s -> quoted(s) + ".").orElse("") + quoted(name);
        }
    }

    /**
     * Where the bytes of a row are.
     *
     * @param inRow whether the expression is the bytes; else it names a large object
     * @param expression over the row
     */
    public record Content(boolean inRow, String expression) {
        /** In the large object that this expression names. */
        public static Content largeObject(String oid) {
            return new Content(false, oid);
        }

        /** In the row itself: the expression gives its content. */
        public static Content inRow(String bytes) {
            return new Content(true, bytes);
        }
    }

    /**
     * What the content should hash to.
     *
     * @param algorithm of the hash
     * @param expression of the hash
     */
    public record Expected(Checksum.Algorithm algorithm, String expression) {}

    /**
     * What is written to a row.
     *
     * @param alias of the table, {@link #ALIAS} or one of the join
     * @param column without quotes
     * @param expression over the row and what is known of the stored object
     */
    public record Assignment(String alias, String column, String expression) {}

    /** Where it is recorded that a row is done. */
    public sealed interface State permits StateColumn, StateTable {}

    /**
     * A column: the row is pending as long as it is NULL.
     *
     * @param alias of the table, {@link #ALIAS} or one of the join
     * @param name without quotes
     */
    public record StateColumn(String alias, String name) implements State {}

    /** A table of this tool's own. */
    public record StateTable() implements State {}

    /** A source that is shaped like {@link #TOCCO}: the key is the SHA-1, the column of the SHA-256 is the state. */
    public static SourceMapping tocco(
            String table, String hash, String size, String mimeType, String oid, String sha2) {
        return new SourceMapping(
                new Table(Optional.empty(), table),
                "",
                "",
                List.of(hash),
                List.of(),
                Content.largeObject(column(oid)),
                Optional.of(column(size)),
                Optional.of(new Expected(Checksum.Algorithm.SHA1, column(hash))),
                Optional.of(column(mimeType)),
                Optional.empty(),
                Map.of(),
                true,
                KeyTemplate.SHA256,
                false,
                Map.of(),
                List.of(new Assignment(ALIAS, sha2, ":sha256")),
                new StateColumn(ALIAS, sha2));
    }

    /**
     * Whether an object in the bucket must be kept from being replaced: its name says nothing of its content, so that
     * another one may have it.
     */
    public boolean protectsObjects() {
        return !overwrite && !objectKey.tellsContentsApart();
    }

    /** The same with these columns as its key. */
    public SourceMapping withKey(List<String> columns) {
        return new SourceMapping(
                table,
                join,
                where,
                columns,
                only,
                content,
                size,
                checksum,
                mimeType,
                fileName,
                metadata,
                complete,
                objectKey,
                overwrite,
                keyExpressions,
                set,
                state);
    }

    private static String column(String name) {
        return ALIAS + "." + quoted(name);
    }

    /** An identifier as SQL takes it. */
    public static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    private static Map<String, String> ordered(Map<String, String> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
