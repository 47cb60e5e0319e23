package ch.tocco.lomigrate.throttle;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How far the standby that lags most is behind. The server's own figure, {@code replay_lag}, is an interval on the
 * primary's clock, so that no other clock matters; but it is NULL on a standby that idles, and may stick. So positions
 * count as well: a standby that has not replayed what the primary had written some time ago lags at least that long, and one
 * that has not replayed what was written before the first look lags for an unknown time. For one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/monitoring-stats.html">pg_stat_replication</a>
 */
final class StandbyLag implements Measure {
    private static final String SQL =
            "SELECT application_name, pg_catalog.pg_wal_lsn_diff(replay_lsn, '0/0')::float8 AS replayed,"
                    + " pg_catalog.date_part('epoch', replay_lag) AS lag,"
                    + " pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), '0/0')::float8 AS written"
                    + " FROM pg_catalog.pg_stat_replication WHERE state IN ('streaming', 'catchup')";

    private static final double NANOS = 1e9;

    private final Set<String> watched;

    /** What the primary had written when, the oldest first. */
    private final Deque<Position> positions = new ArrayDeque<>();

    /** What the primary had written at the first look. */
    private double writtenAtFirst;

    private record Position(long at, double written) {}

    private record Standby(double replayed, double lagSeconds) {}

    /** @param watched the standbys that count, by application_name */
    StandbyLag(List<String> watched) {
        this.watched = new TreeSet<>(watched);
    }

    /** The standbys that replay what this server writes, by application_name. */
    static List<String> connected(Connection connection) throws SQLException {
        TreeSet<String> names = new TreeSet<>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT application_name FROM (" + SQL + ") s" + " WHERE replayed IS NOT NULL")) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return List.copyOf(names);
    }

    @Override
    public Reading take(Connection connection) throws SQLException {
        Map<String, Standby> standbys = ask(connection);
        double worst = -1;
        double replayedByAll = Double.MAX_VALUE;
        String words = "";
        for (String name : watched) {
            Standby standby = standbys.get(name);
            if (standby == null) {
                return Reading.unknown("standby " + name + " is not connected");
            }
            if (standby.replayed() < writtenAtFirst) {
                return Reading.early(
                        "standby " + name + " has not replayed yet what was written when the run looked first");
            }
            double lag = lag(standby);
            replayedByAll = Math.min(replayedByAll, standby.replayed());
            if (lag > worst) {
                worst = lag;
                words = String.format(Locale.ROOT, "standby %s is %.1f s behind", name, lag);
            }
        }
        forget(replayedByAll);
        return Reading.of(worst, words);
    }

    private double lag(Standby standby) {
        boolean caughtUp = standby.replayed() >= positions.getLast().written();
        return caughtUp ? 0 : Math.max(standby.lagSeconds(), lagByPosition(standby.replayed()));
    }

    private Map<String, Standby> ask(Connection connection) throws SQLException {
        Map<String, Standby> standbys = new HashMap<>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SQL)) {
            while (row.next()) {
                remember(row.getDouble("written"));
                double replayed = row.getDouble("replayed");
                if (!row.wasNull()) {
                    // of two of one name the one that is further behind counts; NULL as lag is 0
                    standbys.merge(
                            row.getString("application_name"),
                            new Standby(replayed, row.getDouble("lag")),
                            (one, other) -> one.replayed() <= other.replayed() ? one : other);
                }
            }
        }
        return standbys;
    }

    private void remember(double written) {
        if (positions.isEmpty()) {
            writtenAtFirst = written;
        }
        if (positions.isEmpty() || positions.getLast().written() < written) {
            positions.addLast(new Position(System.nanoTime(), written));
        }
    }

    /** What all standbys have replayed is past; the last position stays. */
    private void forget(double replayedByAll) {
        while (positions.size() > 1 && positions.getFirst().written() <= replayedByAll) {
            positions.removeFirst();
        }
    }

    private double lagByPosition(double replayed) {
        for (Position position : positions) {
            if (position.written() > replayed) {
                return (System.nanoTime() - position.at()) / NANOS;
            }
        }
        return 0;
    }
}
