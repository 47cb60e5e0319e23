package ch.tocco.lomigrate.source;

import static ch.tocco.lomigrate.mapping.SourceMapping.ALIAS;
import static ch.tocco.lomigrate.mapping.SourceMapping.quoted;
import static java.util.stream.Collectors.joining;

import ch.tocco.lomigrate.lo.RowContent.InRow;
import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.source.Resolution.KeyColumn;
import ch.tocco.lomigrate.source.Resolution.OidType;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.postgresql.PGConnection;

/**
 * Reads the content of rows: many small ones with one statement, or one of any size as a binary COPY of chunks. Each is one
 * statement, so all bytes of an object are of one moment. Asks for one byte more than the row says. Immutable.
 */
public final class ContentSql {
    private static final int SAMPLE = 1000;

    private final SourceSql sql;
    private final boolean inRow;

    /** @param sql of a source that is resolved, or the default one */
    public ContentSql(SourceSql sql) {
        this.sql = sql;
        this.inRow = sql.types().oid() == OidType.BYTES;
    }

    /**
     * Reads small objects. Its rows: position from 1, and the bytes, NULL where the large object does not exist. What is in a
     * row that has changed since it was listed, or is gone, has no row.
     *
     * @param rows all of them are in memory at once
     */
    public PreparedStatement batch(Connection connection, List<SourceRow> rows) throws SQLException {
        PGConnection pg = connection.unwrap(PGConnection.class);
        int[] most = rows.stream()
                .mapToInt(row -> Math.toIntExact(row.size().bytes() + 1))
                .toArray();
        PreparedStatement statement = connection.prepareStatement(inRow ? batchInRows() : readBatch());
        int at = 1;
        if (inRow) {
            for (int i = 0; i < sql.types().key().size(); i++) {
                int column = i;
                statement.setArray(
                        at++,
                        texts(
                                connection,
                                rows.stream().map(row -> row.key().values().get(column))));
            }
            statement.setArray(at++, texts(connection, rows.stream().map(row -> ((InRow) row.content()).version())));
        } else {
            long[] oids = rows.stream()
                    .mapToLong(row -> ((LargeObject) row.content()).oid())
                    .toArray();
            statement.setArray(at++, pg.createArrayOf("int8", oids));
        }
        statement.setArray(at, pg.createArrayOf("int4", most));
        return statement;
    }

    private static Array texts(Connection connection, Stream<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray(String[]::new));
    }

    /** Parameters: a {@code text[]} for each column of the key, {@code text[]} versions, {@code int4[]} most bytes. */
    String batchInRows() {
        return "SELECT u.i, pg_catalog.substring(" + sql.oid() + ", 1, u.n) FROM unnest(" + sql.keyArrays()
                + ", ?::text[], ?::int4[]) WITH ORDINALITY u(" + sql.keyNames() + ", v, n, i) JOIN " + sql.table() + " "
                + ALIAS + " ON " + sql.keyMatches("u") + " WHERE " + SourceSql.VERSION + " = u.v";
    }

    /** How content in the rows is stored, as far as the first of them tell. */
    public record Storage(long rows, long compressed, long largest) {}

    /** Looks at the first rows that have content in them; decompresses none. */
    public Storage storage(Connection connection) throws SQLException {
        String first = "SELECT pg_catalog.pg_column_size(" + sql.oid() + ") AS stored, pg_catalog.octet_length("
                + sql.oid() + ") AS length FROM " + sql.table() + " " + ALIAS + " WHERE " + sql.oid()
                + " IS NOT NULL LIMIT " + SAMPLE;
        try (var statement = connection.prepareStatement("SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER"
                        + " (WHERE first.stored < first.length), coalesce(pg_catalog.max(first.length), 0) FROM ("
                        + first + ") first");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new Storage(row.getLong(1), row.getLong(2), row.getLong(3));
        }
    }

    /** One object as a binary COPY of chunks, of at most one byte more than the row says. */
    public String copyOut(SourceRow row, int chunk) {
        long bytes = row.size().bytes() + 1;
        if (row.content() instanceof LargeObject object) {
            return copyOut(object, bytes, chunk);
        }
        return copyOut(row, (InRow) row.content(), bytes, chunk);
    }

    /**
     * A value that is stored uncompressed is taken piece by piece from where it lies. Any other would be decompressed as a
     * whole for each piece: appending nothing has PostgreSQL do that once, and hold the result. The subselect does not
     * depend on the chunk, so it runs once. COPY takes no parameters.
     */
    private String copyOut(SourceRow row, InRow content, long bytes, int chunk) {
        String value = "(" + sql.mapping().content().expression() + ")";
        List<KeyColumn> key = sql.types().key();
        String found = IntStream.range(0, key.size())
                .mapToObj(i -> ALIAS + "." + quoted(key.get(i).name()) + " = "
                        + SqlText.literal(row.key().values().get(i)) + "::"
                        + key.get(i).type())
                .collect(joining(" AND "));
        long last = Math.max(1, (bytes + chunk - 1) / chunk) - 1;
        return "COPY (SELECT pg_catalog.substring((SELECT CASE WHEN pg_catalog.pg_column_size(" + value
                + ") = pg_catalog.octet_length(" + value + ") THEN " + value + " ELSE " + value
                + " || ''::bytea END FROM "
                + sql.table() + " " + ALIAS + " WHERE " + found + " AND " + SourceSql.VERSION + " = "
                + SqlText.literal(content.version()) + "), (g * " + chunk + " + 1)::int, least(" + chunk + ", " + bytes
                + " - g * " + chunk + ")::int) FROM pg_catalog.generate_series(0::int8, " + last
                + ") g) TO STDOUT (FORMAT binary)";
    }

    /**
     * A batch of small objects. Parameters: {@code int8[]} oids, {@code int4[]} most bytes of each. Rows: position in
     * the arrays from 1, and the bytes, NULL where the large object does not exist.
     */
    public static String readBatch() {
        // The subselect makes a missing object a NULL; lo_get alone would end the whole batch with an error.
        return "SELECT t.i, pg_catalog.lo_get((SELECT m.oid FROM pg_catalog.pg_largeobject_metadata m WHERE m.oid = t.o::oid),"
                + " 0, t.n) FROM unnest(?::int8[], ?::int4[]) WITH ORDINALITY t(o, n, i)";
    }

    /** One object as a binary COPY of chunks: all of its first {@code bytes} bytes, one snapshot. */
    public static String copyOut(LargeObject object, long bytes, int chunk) {
        long chunks = Math.max(1, (bytes + chunk - 1) / chunk);
        return "COPY (SELECT pg_catalog.lo_get(" + object.oid() + "::oid, g * " + chunk + ", least(" + chunk + ", "
                + bytes
                + " - g * "
                + chunk + ")::int) FROM pg_catalog.generate_series(0::int8, " + (chunks - 1)
                + ") g) TO STDOUT (FORMAT binary)";
    }

    /** How long large objects are. Parameter: {@code int8[]} oids. Rows: position from 1, and bytes, of those that are there. */
    public static String lengths() {
        return "SELECT u.i, pg_catalog.lo_lseek64(pg_catalog.lo_open(m.oid, 262144), 0, 2)"
                + " FROM unnest(?::int8[]) WITH ORDINALITY u(o, i)"
                + " JOIN pg_catalog.pg_largeobject_metadata m ON m.oid = u.o::oid";
    }
}
