package ch.tocco.lomigrate.source;

import static ch.tocco.lomigrate.mapping.SourceMapping.ALIAS;
import static ch.tocco.lomigrate.mapping.SourceMapping.quoted;

import ch.tocco.lomigrate.mapping.SourceMapping;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Which columns a listing has, and what they say of a row. */
final class RowReader {
    private final SourceMapping mapping;
    private final boolean textOid;
    private final boolean textSize;
    private final int keys;
    private final Charset charset;

    /** Position of the key column that is the checksum too, from 0; -1: none is. */
    private final int checksumKey;

    RowReader(SourceSql sql) {
        this.mapping = sql.mapping();
        this.textOid = sql.types().oid() == Resolution.OidType.TEXT;
        this.textSize = sql.types().textSize();
        this.keys = sql.types().key().size();
        this.checksumKey = checksumKey(sql);
        // a character per byte where a bad hash can be told by its bytes, whatever encoding the database has
        this.charset = mapping.complete() ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
    }

    private static int checksumKey(SourceSql sql) {
        List<String> columns = sql.types().key().stream().map(RowReader::column).toList();
        return sql.mapping()
                .checksum()
                .map(c -> columns.indexOf(c.expression()))
                .orElse(-1);
    }

    private static String column(Resolution.KeyColumn key) {
        return ALIAS + "." + quoted(key.name());
    }

    /** What is selected for this. */
    static Stream<String> columns(SourceSql sql) {
        SourceMapping mapping = sql.mapping();
        List<String> columns = new ArrayList<>();
        sql.types().key().forEach(key -> columns.add(sql.stored(column(key))));
        columns.add(sql.listedOid());
        mapping.size().ifPresent(size -> columns.add(sql.listedSize(size)));
        if (checksumKey(sql) < 0) {
            mapping.checksum().ifPresent(checksum -> columns.add(sql.stored(checksum.expression())));
        }
        mapping.mimeType().ifPresent(expression -> columns.add(sql.stored(expression)));
        mapping.fileName().ifPresent(expression -> columns.add(sql.stored(expression)));
        mapping.metadata().values().forEach(expression -> columns.add(sql.stored(expression)));
        mapping.keyExpressions().values().forEach(expression -> columns.add(sql.stored(expression)));
        return columns.stream();
    }

    /** The values of a key as they are stored. */
    byte[] stored(String value) {
        return value.getBytes(charset);
    }

    ListedRow read(ResultSet result) throws SQLException {
        int at = 1;
        List<String> key = new ArrayList<>(keys);
        for (int i = 0; i < keys; i++) {
            key.add(text(result, at++));
        }
        String oid = number(result, at++, textOid);
        String size = mapping.size().isPresent() ? number(result, at++, textSize) : null;
        String checksum = null;
        if (mapping.checksum().isPresent()) {
            checksum = checksumKey >= 0 ? key.get(checksumKey) : text(result, at++);
        }
        String mimeType = mapping.mimeType().isPresent() ? text(result, at++) : null;
        String fileName = mapping.fileName().isPresent() ? text(result, at++) : null;
        List<String> metadata = texts(result, at, mapping.metadata().size());
        at += metadata.size();
        List<String> expressions = texts(result, at, mapping.keyExpressions().size());
        return new ListedRow(mapping, key, oid, size, checksum, mimeType, fileName, metadata, expressions);
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

    private static String number(ResultSet result, int column, boolean asText) throws SQLException {
        if (asText) {
            return result.getString(column);
        }
        long number = result.getLong(column);
        return result.wasNull() ? null : Long.toString(number);
    }
}
