package ch.tocco.lomigrate.throttle;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;

/**
 * A statement that gives one number.
 *
 * @param sql the statement
 * @param words what it counts, with {@code %s} for the number
 */
record Figure(String sql, String words) implements Measure {
    /** Sessions of others that are at work, of all databases: it is the server that is to be spared. */
    static final Figure ACTIVE_SESSIONS = new Figure(
            "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE state = 'active'"
                    + " AND backend_type = 'client backend' AND application_name NOT LIKE 'lo-migrate %'"
                    + " AND pid <> pg_catalog.pg_backend_pid()",
            "%s sessions are active");

    /** What the slot that lags most keeps from being removed. One without a position keeps nothing. */
    static final Figure SLOT_LAG = new Figure(
            "SELECT coalesce(max(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn)), 0)"
                    + " FROM pg_catalog.pg_replication_slots",
            "a replication slot holds back %s bytes of WAL");

    /** Files that the server has marked as ready and not yet as done. */
    static final Figure ARCHIVE_BACKLOG = new Figure(
            "SELECT count(*) FROM pg_catalog.pg_ls_archive_statusdir() WHERE name LIKE '%.ready'",
            "%s WAL files wait for their archiving");

    @Override
    public Reading take(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            if (!row.next()) {
                return Reading.unknown(String.format(Locale.ROOT, words, "no row"));
            }
            double value = row.getDouble(1);
            if (row.wasNull() || Double.isNaN(value)) {
                return Reading.unknown(String.format(Locale.ROOT, words, "NULL"));
            }
            return Reading.of(value, String.format(Locale.ROOT, words, number(value)));
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < Long.MAX_VALUE
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
