package ch.tocco.lomigrate.source;

import ch.tocco.lomigrate.config.SourceTable;
import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import java.time.Duration;

/**
 * Every SQL text that touches the source table or the large objects, built from a {@link SourceTable}. Names are
 * quoted; values are parameters, or numbers. Functions are named with their schema, whatever the search path is, but for
 * {@code unnest} of several arrays, which is syntax.
 */
public final class SourceSql {
    private final SourceTable names;
    private final String table;
    private final String hash;
    private final String size;
    private final String mimeType;
    private final String oid;
    private final String sha2;

    /** Of the table that the search path finds. */
    public SourceSql(SourceTable names) {
        this(names, quoted(names.table()));
    }

    private SourceSql(SourceTable names, String table) {
        this.names = names;
        this.table = table;
        this.hash = quoted(names.hash());
        this.size = quoted(names.size());
        this.mimeType = quoted(names.mimeType());
        this.oid = quoted(names.oid());
        this.sha2 = quoted(names.sha2());
    }

    /** Of the table in this schema, whatever a session's search path is. */
    public SourceSql inSchema(String schema) {
        return new SourceSql(names, quoted(schema) + "." + quoted(names.table()));
    }

    public SourceTable names() {
        return names;
    }

    /** The table's name, quoted; also what {@code to_regclass} takes. */
    public String table() {
        return table;
    }

    /** Pending rows in the blocks from the first parameter to before the second. A TID range scan: PostgreSQL 14. */
    public String pendingInBlocks() {
        return "SELECT " + listed() + " FROM " + table
                + " WHERE ctid >= ('(' || ?::int8 || ',0)')::tid AND ctid < ('(' ||" + " ?::int8 || ',0)')::tid AND "
                + sha2 + " IS NULL";
    }

    /**
     * The same for older servers: every address that a row can have there, some 300 a block (a row takes at least a
     * header of 24 bytes and a pointer of 4, see MaxHeapTuplesPerPage). 30 times slower, 300,000 rows a second.
     */
    public String pendingAtAddresses() {
        return "SELECT " + listed() + " FROM " + table + " WHERE ctid = ANY (ARRAY(SELECT ('(' || b || ',' || i ||"
                + " ')')::tid FROM pg_catalog.generate_series(?::int8, ?::int8 - 1) b,"
                + " pg_catalog.generate_series(1, pg_catalog.current_setting('block_size')::int / 28) i)) AND " + sha2
                + " IS NULL";
    }

    /** Pending rows without a hash. Parameters: how many, and how many of them to leave out. */
    public String pendingWithoutHash() {
        return "SELECT " + listed() + " FROM " + table + " WHERE " + sha2 + " IS NULL AND " + hash
                + " IS NULL ORDER BY " + oid + " LIMIT ? OFFSET ?";
    }

    /**
     * Pending rows of one hash, in the order of their oids. Parameters: the hash as it is stored, the oid after which they
     * begin, and how many. One without an oid has the place of -1.
     */
    public String pendingOfHash() {
        String place = "coalesce(" + oid + "::int8, -1)";
        return "SELECT " + listed() + " FROM " + table + " WHERE " + sha2 + " IS NULL AND " + hash + " = "
                + hashParameter() + " AND " + place + " > ? ORDER BY " + place + " LIMIT ?";
    }

    /** The first pending rows in the order of their hashes; parameter: how many. */
    public String firstPendingByHash() {
        return "SELECT " + listed() + " FROM " + table + " WHERE " + sha2 + " IS NULL AND " + hash
                + " IS NOT NULL ORDER BY " + hash + " LIMIT ?";
    }

    /** Pending rows whose hash is larger than the first parameter, its stored bytes, in that order; second: how many. */
    public String nextPendingByHash() {
        return "SELECT " + listed() + " FROM " + table + " WHERE " + sha2 + " IS NULL AND " + hash + " > "
                + hashParameter() + " ORDER BY " + hash + " LIMIT ?";
    }

    private static String hashParameter() {
        return "pg_catalog.convert_from(?, pg_catalog.getdatabaseencoding())::bpchar";
    }

    /** Texts as the bytes that are stored: one that the database's encoding does not have would end the whole page. */
    private String listed() {
        return stored(hash) + ", " + size + "::int8, " + stored(mimeType) + ", " + oid + "::int8";
    }

    private static String stored(String column) {
        return "pg_catalog.convert_to(" + column + "::text, pg_catalog.getdatabaseencoding())";
    }

    /** The same for messages, with escapes for what is not ASCII. */
    private static String shown(String column) {
        return "pg_catalog.encode(" + stored(column) + ", 'escape')";
    }

    /** Number of rows, and of pending ones. */
    public String countAllAndPending() {
        return "SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE " + sha2 + " IS NULL) FROM " + table;
    }

    public String countPending() {
        return "SELECT pg_catalog.count(*) FROM " + table + " WHERE " + sha2 + " IS NULL";
    }

    /** Up to ten pending rows: hash and oid. */
    public String somePending() {
        return "SELECT " + shown(hash) + ", " + oid + " FROM " + table + " WHERE " + sha2 + " IS NULL LIMIT 10";
    }

    /**
     * Oids of some pending rows: to try whether they may be read. Looks at the first rows of the table only, as finding
     * the last pending one of millions takes long.
     *
     * @param sha2Exists false: all rows are pending
     */
    public String somePendingOids(boolean sha2Exists) {
        String pending = sha2Exists ? sha2 + " IS NULL AND " : "";
        String first = "SELECT " + oid + (sha2Exists ? ", " + sha2 : "") + " FROM " + table + " LIMIT 100000";
        return "SELECT " + oid + "::int8 FROM (" + first + ") first WHERE " + pending + oid + " <> 0 LIMIT 20";
    }

    /**
     * Hash and oid of some pending rows whose values can be true, of the first rows of the table only.
     *
     * @param most rows
     * @param skipLocked leaves out rows that another transaction has locked, and locks the others until the end of the
     *     transaction; false where rows cannot be locked
     */
    public String someUnlockedPending(int most, boolean skipLocked) {
        String first = "SELECT " + hash + ", " + oid + ", " + sha2 + " FROM " + table + " LIMIT 100000";
        String pending = "SELECT " + hash + ", " + oid + " FROM (" + first + ") first WHERE " + sha2 + " IS NULL AND "
                + oid + " <> 0 AND " + shown(hash) + " ~ '^[0-9A-Fa-f]{40}$'";
        return "SELECT b." + hash + ", b." + oid + "::int8 FROM (" + pending + ") p JOIN " + table + " b ON b." + hash
                + " = p." + hash + " AND b." + oid + " = p." + oid + " WHERE b." + sha2 + " IS NULL LIMIT " + most
                + (skipLocked ? " FOR UPDATE OF b SKIP LOCKED" : "");
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

    /**
     * Sets hashes. Parameters: {@code bpchar[]} keys, {@code int8[]} oids, {@code bpchar[]} SHA-256. {@code bpchar}
     * because {@code text} parameters keep the planner from using the index on {@code character(40)}; the oid because
     * a row may share its hash with another one, or point to another object by now. Rows: the position of each key, from
     * 1, once for each row that was updated: other rows may have the same hash and oid. No WITH, because PostgreSQL refuses it on tables with {@code DO ALSO} rules.
     */
    public String commit() {
        return "UPDATE " + table + " b SET " + sha2 + " = u.sha2"
                + " FROM unnest(?::bpchar[], ?::int8[], ?::bpchar[]) WITH ORDINALITY u(hash, o, sha2, i)"
                + " WHERE b." + hash + " = u.hash AND b." + oid + " = u.o::oid AND b." + sha2 + " IS NULL"
                + " RETURNING u.i";
    }

    /**
     * The same, but waits for no row: leaves out each key that has a row which another transaction has locked. It locks
     * FOR UPDATE because a unique index on the SHA-256 makes the update lock as much. It compares counts because several
     * rows may share hash and oid, and the update would wait for the one that is locked.
     */
    public String commitUnlocked() {
        return "UPDATE " + table + " b SET " + sha2 + " = f.sha2 FROM (" + countedUnlocked() + ") f WHERE b." + hash
                + " = f.hash AND b." + oid + " = f.o::oid AND b." + sha2 + " IS NULL AND f.free = (" + countedPending()
                + ") RETURNING f.i";
    }

    /** Which keys {@link #commitUnlocked} would update now. Parameters and rows as there; changes nothing. */
    public String unlocked() {
        return "SELECT f.i FROM (" + countedUnlocked() + ") f WHERE f.free = (" + countedPending() + ")";
    }

    /** Locks those of the rows that are free, and counts them for each key. */
    private String countedUnlocked() {
        String free = "SELECT u.hash, u.o, u.sha2, u.i"
                + " FROM unnest(?::bpchar[], ?::int8[], ?::bpchar[]) WITH ORDINALITY u(hash, o, sha2, i) JOIN " + table
                + " b ON b." + hash + " = u.hash AND b." + oid + " = u.o::oid WHERE b." + sha2
                + " IS NULL FOR UPDATE OF b SKIP LOCKED";
        return "SELECT l.hash, l.o, l.sha2, l.i, pg_catalog.count(*) OVER (PARTITION BY l.i) AS free FROM (" + free
                + ") l";
    }

    /** Counts all pending rows of the key {@code f}. */
    private String countedPending() {
        return "SELECT pg_catalog.count(*) FROM " + table + " d WHERE d." + hash + " = f.hash AND d." + oid
                + " = f.o::oid AND d." + sha2 + " IS NULL";
    }

    /**
     * What became of rows that {@link #commit} was to update. Parameters as there, without the SHA-256. Rows: position
     * from 1, and the row's SHA-256; no row where hash and oid are found no more.
     */
    public String committed() {
        return "SELECT u.i, b." + sha2
                + " FROM unnest(?::bpchar[], ?::int8[]) WITH ORDINALITY u(hash, o, i) JOIN " + table
                + " b ON b." + hash + " = u.hash AND b." + oid + " = u.o::oid";
    }

    /** Keeps the planner from custom plans, which flip to a hash join over the whole table. */
    public static String forceGenericPlan() {
        return "SET plan_cache_mode = force_generic_plan";
    }

    /** Has the server cancel what takes longer. */
    public static String statementTimeout(Duration most) {
        return "SET statement_timeout = " + most.toMillis();
    }

    /** Has the server cancel what waits longer for one lock. */
    public static String lockTimeout(Duration most) {
        return "SET lock_timeout = " + most.toMillis();
    }

    public String addSha2() {
        return "ALTER TABLE " + table + " ADD COLUMN IF NOT EXISTS " + sha2 + " character(64)";
    }

    /** Up to ten SHA-256 that more than one row has, with up to three of their hashes. */
    public String duplicates() {
        return "SELECT " + sha2 + ", pg_catalog.count(*), (pg_catalog.array_agg(" + shown(hash) + "))[1:3]::text FROM "
                + table + " WHERE " + sha2 + " IS NOT NULL GROUP BY " + sha2
                + " HAVING pg_catalog.count(*) > 1 LIMIT 10";
    }

    public String createSha2Index() {
        return "CREATE UNIQUE INDEX CONCURRENTLY " + quoted(names.sha2Index()) + " ON " + table + " (" + sha2 + ")";
    }

    /** {@code index}: qualified and quoted. */
    public static String dropIndex(String index) {
        return "DROP INDEX CONCURRENTLY IF EXISTS " + index;
    }

    /** Name of the check constraint that exists only while {@code sha2} is being made NOT NULL. */
    public String notNullCheck() {
        return names.table() + "_" + names.sha2() + "_not_null";
    }

    public String addNotNullCheck() {
        return "ALTER TABLE " + table + " ADD CONSTRAINT " + quoted(notNullCheck()) + " CHECK (" + sha2
                + " IS NOT NULL) NOT VALID";
    }

    public String validateNotNullCheck() {
        return "ALTER TABLE " + table + " VALIDATE CONSTRAINT " + quoted(notNullCheck());
    }

    public String setNotNull() {
        return "ALTER TABLE " + table + " ALTER COLUMN " + sha2 + " SET NOT NULL";
    }

    public String dropNotNullCheck() {
        return "ALTER TABLE " + table + " DROP CONSTRAINT IF EXISTS " + quoted(notNullCheck());
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
