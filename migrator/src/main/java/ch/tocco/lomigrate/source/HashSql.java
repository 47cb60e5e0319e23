package ch.tocco.lomigrate.source;

import static ch.tocco.lomigrate.mapping.SourceMapping.quoted;

import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import ch.tocco.lomigrate.lo.SourceRow.Identity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.IntConsumer;
import org.postgresql.PGConnection;

/**
 * The statements that write SHA-256 values to a source that is shaped like the default one: its key is the SHA-1, its state
 * the column of the SHA-256. One statement a chunk, which other sources cannot have. This is also the one place that binds
 * their parameters, so that what a check tries is what a run does. Immutable.
 */
public final class HashSql {
    /** Rows that are looked at for each that is wanted, as others may be locked. */
    private static final int CANDIDATES = 50;

    private final SourceSql sql;

    HashSql(SourceSql sql) {
        this.sql = sql;
    }

    /**
     * Sets hashes. Parameters: {@code bpchar[]} keys, {@code int8[]} oids, {@code bpchar[]} SHA-256. {@code bpchar}
     * because {@code text} parameters keep the planner from using the index on {@code character(40)}; the oid because
     * a row may share its hash with another one, or point to another object by now. Rows: the position of each key, from
     * 1, once for each row that was updated: other rows may have the same hash and oid; NULL where a trigger has put
     * something else in place of the SHA-256. No WITH, because PostgreSQL refuses it on tables with {@code DO ALSO} rules.
     */
    public String commit() {
        return "UPDATE " + sql.from() + " SET " + quoted(sql.stateColumn()) + " = u.sha2"
                + " FROM unnest(?::bpchar[], ?::int8[], ?::bpchar[]) WITH ORDINALITY u(hash, o, sha2, i)"
                + " WHERE " + sql.key() + " = u.hash AND " + sql.oid() + " = u.o::oid AND " + sql.state() + " IS NULL"
                + " RETURNING " + kept("u");
    }

    /** The position of a key whose row has got the SHA-256 that was to be set. */
    private String kept(String keys) {
        return "CASE WHEN " + sql.state() + " = " + keys + ".sha2 THEN " + keys + ".i END";
    }

    /**
     * The same, but waits for no row: leaves out each key that has a row which another transaction has locked. It locks
     * FOR UPDATE because a unique index on the SHA-256 makes the update lock as much. It compares counts because several
     * rows may share hash and oid, and the update would wait for the one that is locked.
     */
    public String commitUnlocked() {
        return "UPDATE " + sql.from() + " SET " + quoted(sql.stateColumn()) + " = f.sha2 FROM (" + countedUnlocked()
                + ") f WHERE " + sql.key() + " = f.hash AND " + sql.oid() + " = f.o::oid AND " + sql.state()
                + " IS NULL AND f.free = ("
                + countedPending() + ") RETURNING " + kept("f");
    }

    /** Which keys {@link #commitUnlocked} would update now. Parameters and rows as there; changes nothing. */
    public String unlocked() {
        return "SELECT f.i FROM (" + countedUnlocked() + ") f WHERE f.free = (" + countedPending() + ")";
    }

    /** Locks those of the rows that are free, and counts them for each key. */
    private String countedUnlocked() {
        String free = "SELECT u.hash, u.o, u.sha2, u.i"
                + " FROM unnest(?::bpchar[], ?::int8[], ?::bpchar[]) WITH ORDINALITY u(hash, o, sha2, i) JOIN "
                + sql.from()
                + " ON " + sql.key() + " = u.hash AND " + sql.oid() + " = u.o::oid WHERE " + sql.state()
                + " IS NULL FOR UPDATE OF t SKIP LOCKED";
        return "SELECT l.hash, l.o, l.sha2, l.i, pg_catalog.count(*) OVER (PARTITION BY l.i) AS free FROM (" + free
                + ") l";
    }

    /** Counts all pending rows of the key {@code f}. */
    private String countedPending() {
        return "SELECT pg_catalog.count(*) FROM " + sql.from() + " WHERE " + sql.key() + " = f.hash AND " + sql.oid()
                + " = f.o::oid AND " + sql.state() + " IS NULL";
    }

    /**
     * What became of rows that {@link #commit} was to update. Parameters as there, without the SHA-256. Rows: position
     * from 1, and the row's SHA-256; no row where hash and oid are found no more.
     */
    public String committed() {
        return "SELECT u.i, " + sql.state() + " FROM unnest(?::bpchar[], ?::int8[]) WITH ORDINALITY u(hash, o, i) JOIN "
                + sql.from() + " ON " + sql.key() + " = u.hash AND " + sql.oid() + " = u.o::oid";
    }

    /**
     * Key and oid of some pending rows whose values can be true, of the first rows of the table only. For a key that is a
     * SHA-1.
     *
     * @param most rows
     * @param skipLocked leaves out rows that another transaction has locked, and locks the others until the end of the
     *     transaction; false where rows cannot be locked
     */
    public String someUnlockedPending(int most, boolean skipLocked) {
        String shown =
                "pg_catalog.encode(pg_catalog.convert_to(first.k::text, pg_catalog.getdatabaseencoding()), 'escape')";
        String first = "SELECT " + sql.key() + " AS k, " + sql.oid() + " AS o, " + sql.state() + " AS s FROM "
                + sql.from() + " LIMIT 100000";
        // few, or the planner joins all of them by hashing: three seconds before the first object of a run
        String pending = "SELECT k, o FROM (" + first + ") first WHERE s IS NULL AND o <> 0 AND " + shown
                + " ~ '^[0-9A-Fa-f]{40}$' LIMIT " + CANDIDATES * most;
        return "SELECT " + sql.key() + ", " + sql.oid() + "::int8 FROM (" + pending + ") p JOIN " + sql.from() + " ON "
                + sql.key()
                + " = p.k AND " + sql.oid() + " = p.o WHERE " + sql.state() + " IS NULL LIMIT " + most
                + (skipLocked ? " FOR UPDATE OF t SKIP LOCKED" : "");
    }

    /**
     * Sets hashes.
     *
     * @param query {@link #commit} or {@link #commitUnlocked}, or {@link #unlocked} for those
     *     that could be
     * @param rows as they were listed, no two the same
     * @param sha256s for the same rows
     * @param updated gets the position of the row, from 0, for each row that has the hash now: several times where rows share
     *     hash and oid
     */
    public static void execute(
            Connection connection, String query, List<Identity> rows, String[] sha256s, IntConsumer updated)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            setRows(connection, statement, rows);
            statement.setArray(3, connection.createArrayOf("bpchar", sha256s));
            try (ResultSet positions = statement.executeQuery()) {
                while (positions.next()) {
                    int position = positions.getInt(1);
                    if (position > 0) { // else a trigger has discarded the hash
                        updated.accept(position - 1);
                    }
                }
            }
        }
    }

    /** Sets the first two parameters of a statement about certain rows: their keys and their oids. */
    public static void setRows(Connection connection, PreparedStatement statement, List<Identity> rows)
            throws SQLException {
        String[] hashes = rows.stream().map(row -> row.key().values().get(0)).toArray(String[]::new);
        long[] oids = rows.stream()
                .mapToLong(row -> ((LargeObject) row.content()).oid())
                .toArray();
        statement.setArray(1, connection.createArrayOf("bpchar", hashes));
        statement.setArray(2, connection.unwrap(PGConnection.class).createArrayOf("int8", oids));
    }
}
