package ch.tocco.lomigrate.locks;

import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.postgres.PgConnections;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Connections that hold locks. They tell whose they are, and the server notices within half a minute that their client's
 * machine has vanished, so that its locks fall.
 */
final class LockConnection {
    /** 15 s of silence and three questions without an answer; 30 s where the server has something to send. */
    private static final String NOTICE_VANISHED_CLIENT =
            "SELECT pg_catalog.set_config(s.name, w.setting, false) FROM (VALUES ('tcp_keepalives_idle', '15'),"
                    + " ('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '3'), ('tcp_user_timeout', '30000'))"
                    + " w(name, setting) JOIN pg_catalog.pg_settings s ON s.name = w.name";

    private LockConnection() {}

    /** Opens one; the caller closes it. */
    static Connection open(PgConnections connections, Duration silence, RunEnd giveUp, Optional<Shard> shard)
            throws SQLException {
        Connection opened = connections.open("lock", silence, giveUp);
        boolean ready = false;
        try (var settings = opened.createStatement();
                var name = opened.prepareStatement("SELECT pg_catalog.set_config('application_name', ?, false)")) {
            settings.execute(NOTICE_VANISHED_CLIENT);
            name.setString(1, Holder.name(shard, Holder.thisProcess()));
            name.execute();
            ready = true;
            return opened;
        } finally {
            if (!ready) {
                opened.close();
            }
        }
    }

    /** Takes a lock alone, unless another session has it. */
    static boolean tryAlone(Connection connection, LockKey key) throws SQLException {
        return tryLock(connection, "pg_try_advisory_lock", key);
    }

    /** Takes a lock beside others that share it, unless another session has it alone. */
    static boolean tryShared(Connection connection, LockKey key) throws SQLException {
        return tryLock(connection, "pg_try_advisory_lock_shared", key);
    }

    private static boolean tryLock(Connection connection, String function, LockKey key) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog." + function + "(" + key + ")")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
