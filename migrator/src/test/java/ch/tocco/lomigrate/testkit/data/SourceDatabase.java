package ch.tocco.lomigrate.testkit.data;

import ch.tocco.lomigrate.testkit.servers.PostgresServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongToIntFunction;

/**
 * A database with the tables that the tool meets in production: {@code _nice_binary} and {@code nice_batch_job} with
 * the batch job inactive. Fills them with good and with broken rows, and reads them back. No method keeps
 * a connection, but for {@link #query}, whose next call may take it over; so it is safe for use by several threads and
 * survives restarts of the server.
 */
public final class SourceDatabase {
    public static final String BATCH_JOB = "nice2.dms.DeleteUnreferencedBinariesBatchJob";

    private static final int BATCH_BYTES = 1 << 20;
    private static final String INSERT_SMALL =
            "INSERT INTO _nice_binary (hash, size, mime_type, data) VALUES (?, ?, ?, lo_from_bytea(0, ?))";

    private final PostgresServer server;
    private final String name;

    private SourceDatabase(PostgresServer server, String name) {
        this.server = server;
        this.name = name;
    }

    /** A fresh database with empty tables, {@code sha2} included. */
    public static SourceDatabase create(PostgresServer server) throws SQLException {
        var database = new SourceDatabase(server, server.createDatabase());
        database.execute("""
                CREATE TABLE _nice_binary (
                    hash character(40) PRIMARY KEY,
                    size bigint,
                    mime_type character varying(255),
                    data oid,
                    sha2 character(64));
                CREATE TABLE nice_batch_job (id character varying PRIMARY KEY, active boolean);
                INSERT INTO nice_batch_job VALUES ('%s', false);
                """.formatted(BATCH_JOB));
        return database;
    }

    /** Like {@link #create}, for the time before the first run: the table has no {@code sha2} yet. */
    public static SourceDatabase createWithoutSha2(PostgresServer server) throws SQLException {
        var database = create(server);
        database.execute("ALTER TABLE _nice_binary DROP COLUMN sha2");
        return database;
    }

    public String name() {
        return name;
    }

    public PostgresServer server() {
        return server;
    }

    /** The value for {@code --pg-url}, with user and password. */
    public String url() {
        return server.url(name);
    }

    /** A connection of the superuser; the caller closes it. */
    public Connection connect() throws SQLException {
        return server.connect(name);
    }

    /** Runs one or more statements in one transaction. */
    public void execute(String sql) throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row as text. */
    public Optional<String> query(String sql) throws SQLException {
        return SpareConnections.ask(this, connection -> {
            try (var statement = connection.createStatement();
                    var rows = statement.executeQuery(sql)) {
                return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
            }
        });
    }

    /** Makes a large object of these bytes, without a row, and returns its oid. */
    public long createObject(byte[] content) throws SQLException {
        return createObject(new ByteArrayInputStream(content));
    }

    /** Makes a large object of any size, without a row, and returns its oid; reads the stream to its end. */
    public long createObject(InputStream content) throws SQLException {
        try (var connection = connect()) {
            connection.setAutoCommit(false);
            long oid = new LargeObjects(connection).create(content);
            connection.commit();
            return oid;
        }
    }

    /** Inserts a good row with its large object, pending. */
    public SourceRow insert(byte[] content, String mimeType) throws SQLException {
        return insertRowFor(createObject(content), Digests.of(content), mimeType);
    }

    /** Inserts a good row with a large object of {@link GeneratedContent}, pending. */
    public SourceRow insertGenerated(long seed, long size, String mimeType) throws SQLException {
        long oid = createObject(new GeneratedContent(seed, size));
        try (var again = new GeneratedContent(seed, size)) {
            return insertRowFor(oid, Digests.of(again), mimeType);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SourceRow insertRowFor(long oid, Digests digests, String mimeType) throws SQLException {
        var row = new SourceRow(digests.sha1(), digests.size(), mimeType, oid, null);
        insertRow(row);
        return row;
    }

    /** Inserts a row with exactly these values; {@code sha2} is left out where it is null, so it need not exist. */
    public void insertRow(SourceRow row) throws SQLException {
        String sql = row.sha2() == null
                ? "INSERT INTO _nice_binary (hash, size, mime_type, data) VALUES (?, ?, ?, ?::oid)"
                : "INSERT INTO _nice_binary (hash, size, mime_type, data, sha2) VALUES (?, ?, ?, ?::oid, ?)";
        try (var connection = connect();
                var insert = connection.prepareStatement(sql)) {
            insert.setString(1, row.hash());
            insert.setObject(2, row.size(), Types.BIGINT);
            insert.setString(3, row.mimeType());
            insert.setObject(4, row.oid(), Types.BIGINT);
            if (row.sha2() != null) {
                insert.setString(5, row.sha2());
            }
            insert.executeUpdate();
        }
    }

    /**
     * Inserts many good rows with small objects quickly: {@code count} objects whose content comes from consecutive
     * seeds.
     *
     * @param count number of objects
     * @param firstSeed seed of the first one, also handed to {@code sizes}
     * @param sizes size of the object with this seed, large enough that no two contents are the same by chance
     * @param mimeType content type of all
     */
    public void fill(int count, long firstSeed, LongToIntFunction sizes, String mimeType) throws SQLException {
        try (var connection = connect();
                var insert = connection.prepareStatement(INSERT_SMALL)) {
            connection.setAutoCommit(false);
            long batched = 0;
            for (long seed = firstSeed; seed < firstSeed + count; seed++) {
                byte[] content = GeneratedContent.bytes(seed, sizes.applyAsInt(seed));
                addToBatch(insert, content, mimeType);
                batched += content.length + 1000;
                if (batched > BATCH_BYTES) {
                    insert.executeBatch();
                    batched = 0;
                }
            }
            insert.executeBatch();
            connection.commit();
        }
    }

    private static void addToBatch(PreparedStatement insert, byte[] content, String mimeType) throws SQLException {
        insert.setString(1, Digests.of(content).sha1());
        insert.setLong(2, content.length);
        insert.setString(3, mimeType);
        insert.setBytes(4, content);
        insert.addBatch();
    }

    /** All rows in the order of their key; {@code sha2} is null too where the column does not exist. */
    public List<SourceRow> rows() throws SQLException {
        var all = new ArrayList<SourceRow>();
        try (var connection = connect();
                var statement = connection.createStatement();
                // Through jsonb, because a table without sha2 is one to read, too.
                var rows = statement.executeQuery("SELECT hash, size, mime_type, data, to_jsonb(b) ->> 'sha2' AS sha2"
                        + " FROM _nice_binary b ORDER BY hash COLLATE \"C\"")) {
            while (rows.next()) {
                all.add(new SourceRow(
                        rows.getString("hash"),
                        number(rows, "size"),
                        rows.getString("mime_type"),
                        number(rows, "data"),
                        rows.getString("sha2")));
            }
        }
        return all;
    }

    private static Long number(ResultSet rows, String column) throws SQLException {
        long value = rows.getLong(column);
        return rows.wasNull() ? null : value;
    }

    /** What {@code sha2} says for each {@code hash}; null while pending. Rows without hash are left out. */
    public Map<String, String> sha2ByHash() throws SQLException {
        var map = new LinkedHashMap<String, String>();
        for (SourceRow row : rows()) {
            if (row.hash() != null) {
                map.put(row.hash(), row.sha2());
            }
        }
        return map;
    }

    /** Length and hashes of a large object, read in chunks; empty if there is no such object. */
    public Optional<Digests> digests(long oid) throws SQLException {
        return Optional.ofNullable(digests().get(oid));
    }

    /** Length and hashes of every large object in the database, by oid. */
    public Map<Long, Digests> digests() throws SQLException {
        try (var connection = connect()) {
            return new LargeObjects(connection).digests();
        }
    }

    /** Whether {@code sha2} is NOT NULL and has the valid unique index that finalizing builds. */
    public boolean isFinalized() throws SQLException {
        return query("""
                SELECT 1 FROM pg_attribute a
                  JOIN pg_index i ON i.indrelid = a.attrelid AND i.indkey::text = a.attnum::text
                  JOIN pg_class c ON c.oid = i.indexrelid
                 WHERE a.attrelid = '_nice_binary'::regclass AND a.attname = 'sha2' AND a.attnotnull
                   AND i.indisunique AND i.indisvalid AND c.relname = '_nice_binary_sha2_key'""").isPresent();
    }

    /** Every index and constraint of the table as text, to see that nothing was changed. */
    public String schema() throws SQLException {
        return query("""
                SELECT string_agg(d, E'\\n' ORDER BY d) FROM (
                  SELECT pg_get_indexdef(indexrelid) || ' ' || indisvalid d
                    FROM pg_index WHERE indrelid = '_nice_binary'::regclass
                  UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid)
                    FROM pg_constraint WHERE conrelid = '_nice_binary'::regclass
                  UNION ALL SELECT attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull
                    FROM pg_attribute
                   WHERE attrelid = '_nice_binary'::regclass AND attnum > 0 AND NOT attisdropped) x""").orElse("");
    }
}
