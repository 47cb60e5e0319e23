package ch.tocco.lomigrate.listing;

import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.source.Resolution;
import ch.tocco.lomigrate.source.SourceSql;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the rows of the listing statements of {@link SourceSql}. */
final class RowReader {
    private final SourceMapping mapping;
    private final boolean inRow;
    private final boolean textOid;
    private final boolean textSize;
    private final boolean former;
    private final int keys;
    private final Charset charset;

    /** Position of the key column that is the checksum too, from 0; -1: none is. */
    private final int checksumKey;

    RowReader(SourceSql sql) {
        this.mapping = sql.mapping();
        this.inRow = sql.types().oid() == Resolution.OidType.BYTES;
        this.textOid = inRow || sql.types().oid() == Resolution.OidType.TEXT;
        this.textSize = sql.types().textSize();
        this.former = sql.listsFormer();
        this.keys = sql.types().key().size();
        this.checksumKey = sql.checksumKey();
        // a character per byte where a bad hash can be told by its bytes, whatever encoding the database has
        this.charset = mapping.complete() ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
    }

    /** The values of a key as they are stored. */
    byte[] stored(String value) {
        return value.getBytes(charset);
    }

    /** The values of a key whose first column is this one of the result. */
    List<String> key(ResultSet result, int first) throws SQLException {
        List<String> key = new ArrayList<>(keys);
        for (int i = 0; i < keys; i++) {
            key.add(text(result, first + i));
        }
        return key;
    }

    /** One row for each key: where a join gives several, none of them can be told to be the right one. */
    List<ListedRow> unambiguous(List<ListedRow> rows) {
        if (mapping.join().isEmpty()) {
            return rows;
        }
        Map<List<String>, ListedRow> byKey = new LinkedHashMap<>();
        for (ListedRow row : rows) {
            ListedRow other = byKey.putIfAbsent(row.key(), row);
            if (other != null) {
                other.fail(FailureReason.AMBIGUOUS, "the join gives several rows for this key");
            }
        }
        return new ArrayList<>(byKey.values());
    }

    ListedRow read(ResultSet result) throws SQLException {
        int at = 1 + keys;
        List<String> key = key(result, 1);
        Figure oid = figure(result, at++, textOid);
        Long length = inRow ? (Long) result.getObject(at++) : null;
        Figure size = mapping.size().isPresent() ? figure(result, at++, textSize) : null;
        String checksum = null;
        if (mapping.checksum().isPresent()) {
            checksum = checksumKey >= 0 ? key.get(checksumKey) : text(result, at++);
        }
        String mimeType = mapping.mimeType().isPresent() ? text(result, at++) : null;
        String fileName = mapping.fileName().isPresent() ? text(result, at++) : null;
        List<String> metadata = texts(result, at, mapping.metadata().size());
        at += metadata.size();
        List<String> expressions = texts(result, at, mapping.keyExpressions().size());
        at += expressions.size();
        ListedRow row = new ListedRow(mapping, key, oid, size, checksum, mimeType, fileName, metadata, expressions);
        if (length != null) {
            row.measured(length);
        }
        byte[] sha256 = former ? result.getBytes(at) : null;
        if (sha256 != null) {
            row.storedBefore(HexFormat.of().formatHex(sha256));
        }
        return row;
    }

    private List<String> texts(ResultSet result, int first, int count) throws SQLException {
        if (count == 0) {
            return List.of();
        }
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(text(result, first + i));
        }
        return texts;
    }

    private String text(ResultSet result, int column) throws SQLException {
        byte[] stored = result.getBytes(column);
        return stored == null ? null : new String(stored, charset);
    }

    private static Figure figure(ResultSet result, int column, boolean asText) throws SQLException {
        if (asText) {
            return Figure.of(result.getString(column));
        }
        long number = result.getLong(column);
        return result.wasNull() ? null : Figure.of(number);
    }
}
