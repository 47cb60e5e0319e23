package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.config.TuningConfig;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares the connections that a run needs with those that PostgreSQL has left. A run that takes the last ones does not
 * fail, but production does.
 */
final class ConnectionRoom {
    /** For the lock, the journal, listing, the count of the rows, giants, and one to look at things. */
    private static final int OTHERS = 6;

    /** What the server gives to roles without privileges, what is used, and what this role and database may have. */
    private static final String LEFT = "SELECT least(CASE WHEN r.rolsuper THEN s.all_slots ELSE s.all_slots"
            + " - pg_catalog.current_setting('superuser_reserved_connections')::int"
            + " - coalesce(nullif(pg_catalog.current_setting('reserved_connections', true), '')::int, 0) END"
            + " - (SELECT sum(numbackends) FROM pg_catalog.pg_stat_database),"
            + " CASE WHEN NOT r.rolsuper AND d.datconnlimit >= 0 THEN d.datconnlimit - (SELECT numbackends FROM"
            + " pg_catalog.pg_stat_database b WHERE b.datid = d.oid) END,"
            + " CASE WHEN NOT r.rolsuper AND r.rolconnlimit >= 0 THEN r.rolconnlimit - (SELECT pg_catalog.count(*) FROM"
            + " pg_catalog.pg_stat_activity a WHERE a.usesysid = r.oid) END)::int8,"
            + " (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity a WHERE a.usesysid = r.oid"
            + " AND a.application_name LIKE 'lo-migrate %')"
            + " FROM pg_catalog.pg_roles r, pg_catalog.pg_database d,"
            + " (SELECT pg_catalog.current_setting('max_connections')::int AS all_slots) s"
            + " WHERE r.rolname = session_user AND d.datname = pg_catalog.current_database()";

    private final TuningConfig tuning;
    private final Optional<Shard> shard;

    /** @param shard what the run takes; empty: all rows */
    ConnectionRoom(TuningConfig tuning, Optional<Shard> shard) {
        this.tuning = tuning;
        this.shard = shard;
    }

    /** Connections that a run has open at most. */
    int needed() {
        return tuning.receiverThreads() + tuning.committerThreads() + OTHERS;
    }

    /** Looks at the server; the connection it does that on is closed before the run begins. */
    List<Finding> check(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(LEFT)) {
            row.next();
            return judge(row.getLong(1), row.getLong(2));
        }
    }

    /**
     * Judges given numbers.
     *
     * @param left connections that this role may still open
     * @param own connections of this tool among those that are open
     */
    List<Finding> judge(long left, long own) {
        if (left + 1 < needed()) {
            return List.of(Finding.fail("this run needs up to " + needed() + " connections to PostgreSQL, and "
                    + Math.max(0, left) + " are left: run again when others are closed, lower --receiver-threads or"
                    + " --committer-threads, or raise max_connections"));
        }
        List<Finding> findings = new ArrayList<>(List.of(Finding.ok("PostgreSQL has connections left")));
        long room = left + own;
        if (shard.isPresent() && room < (long) needed() * shard.get().count()) {
            findings.add(Finding.warn("all " + shard.get().count() + " shards together need up to "
                    + (long) needed() * shard.get().count() + " connections to PostgreSQL, and it has room for " + room
                    + ": let at most " + Math.max(1, room / needed()) + " run at the same time"));
        }
        return findings;
    }
}
