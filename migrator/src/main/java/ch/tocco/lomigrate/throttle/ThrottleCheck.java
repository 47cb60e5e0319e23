package ch.tocco.lomigrate.throttle;

import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.pacing.ThrottleConfig;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.preflight.Finding;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks before the run whether what is to spare production can be seen at all: PostgreSQL shows NULL, not an error, to a role
 * that may not see it, and a run that took NULL for no load would spare no one. For one run.
 */
public final class ThrottleCheck {
    private static final Duration SILENCE = Duration.ofSeconds(20);
    private static final String MAY_SEE_STATISTICS =
            "SELECT pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')";
    private static final String MAY_SEE_ARCHIVE =
            "SELECT pg_catalog.has_function_privilege('pg_catalog.pg_ls_archive_statusdir()', 'EXECUTE')";

    private final ThrottleConfig config;
    private final PgConnections connections;
    private final RunControl control;
    private List<String> standbys;

    public ThrottleCheck(ThrottleConfig config, PgConnections connections, RunControl control) {
        this.config = config;
        this.control = control;
        this.connections = connections;
        this.standbys = config.standbys();
    }

    /** The standbys whose lag counts, by application_name; those that {@link #check} has met where none were named. */
    public List<String> standbys() {
        return standbys;
    }

    /** What is missing; opens a connection only where the database is to be asked. */
    public List<Finding> check() {
        boolean statistics = config.lag().isPresent()
                || config.load().isPresent()
                || config.criticalLoad().isPresent();
        boolean asks = statistics
                || config.slotLag().isPresent()
                || config.archiveBacklog().isPresent()
                || config.query().isPresent();
        List<Finding> findings = new ArrayList<>();
        if (asks) {
            try (Connection connection = connections.open("throttle", SILENCE, control)) {
                check(connection, statistics, findings);
            } catch (SQLException e) {
                findings.add(Finding.fail("the database cannot be watched: " + SqlFaults.describe(e)));
            }
        }
        return findings;
    }

    private void check(Connection connection, boolean statistics, List<Finding> findings) throws SQLException {
        boolean maySee = !statistics || isTrue(connection, MAY_SEE_STATISTICS);
        if (!maySee) {
            findings.add(Finding.fail("this role may not see the load and the standbys of the server, which --max-lag,"
                    + " --max-load and --critical-load watch: GRANT pg_read_all_stats TO " + user(connection)));
        }
        if (config.archiveBacklog().isPresent() && !isTrue(connection, MAY_SEE_ARCHIVE)) {
            findings.add(Finding.fail("this role may not see which WAL files wait for their archiving, which"
                    + " --max-archive-backlog watches: GRANT pg_monitor TO " + user(connection)));
        }
        if (config.lag().isPresent() && maySee && standbys.isEmpty()) {
            standbys = StandbyLag.connected(connection);
            findings.add(
                    standbys.isEmpty()
                            ? Finding.fail("--max-lag: no standby is connected to this server; name the standbys with"
                                    + " --lag-standbys, or leave --max-lag out")
                            : Finding.ok("standbys whose lag counts: " + String.join(", ", standbys)));
        }
        config.query().ifPresent(sql -> findings.add(tried(connection, sql)));
    }

    /** A query that cannot work would pause the run until it is stopped. */
    private static Finding tried(Connection connection, String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute("SET default_transaction_read_only = on; SET statement_timeout = '2s'");
            Reading reading = new Figure(sql, "--throttle-query gives %s").take(connection);
            return reading.known()
                    ? Finding.ok(reading.words())
                    : Finding.fail(reading.words() + " where a number is needed");
        } catch (SQLException e) {
            return Finding.fail("--throttle-query fails: " + SqlFaults.describe(e));
        }
    }

    private static String user(Connection connection) throws SQLException {
        return connection.getMetaData().getUserName();
    }

    private static boolean isTrue(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
