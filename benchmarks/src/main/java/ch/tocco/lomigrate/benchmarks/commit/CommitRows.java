package ch.tocco.lomigrate.benchmarks.commit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A table of rows whose hashes are to be set, in the order in which an observer would list them. */
final class CommitRows {
    private static final String CREATE = """
            DROP TABLE IF EXISTS _nice_binary;
            CREATE TABLE _nice_binary (
                hash character(40) PRIMARY KEY,
                size bigint,
                mime_type character varying(255),
                data oid,
                sha2 character(64))""";

    private static final String FILL = """
            TRUNCATE _nice_binary;
            INSERT INTO _nice_binary
            SELECT left(encode(sha256(i::text::bytea), 'hex'), 40), 8192, 'text/plain', 100000 + i
              FROM generate_series(1, %d) i;""";

    private final Connection connection;
    private final List<Row> rows = new ArrayList<>();
    private int next;

    /**
     * What is committed of one object.
     *
     * @param hash its key
     * @param oid its large object
     * @param sha256 what the row shall get
     */
    record Row(String hash, long oid, String sha256) {}

    CommitRows(Connection connection, int count) throws SQLException {
        this.connection = connection;
        execute(CREATE);
        execute(FILL.formatted(count));
        execute("VACUUM ANALYZE _nice_binary");
        try (var statement = connection.createStatement();
                var all = statement.executeQuery("SELECT hash, data::int8 FROM _nice_binary ORDER BY ctid")) {
            while (all.next()) {
                String hash = all.getString(1);
                rows.add(new Row(hash, all.getLong(2), (hash + hash).substring(0, 64)));
            }
        }
    }

    /** The next pending rows, sorted by key as the committers do; makes all pending again when there are no more. */
    List<Row> take(int count) throws SQLException {
        if (next + count > rows.size()) {
            execute(FILL.formatted(rows.size()));
            execute("VACUUM ANALYZE _nice_binary");
            next = 0;
        }
        List<Row> taken = new ArrayList<>(rows.subList(next, next + count));
        next += count;
        taken.sort((a, b) -> a.hash().compareTo(b.hash()));
        return taken;
    }

    private void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
