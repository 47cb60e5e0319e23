package ch.tocco.lomigrate.journal;

import ch.tocco.lomigrate.source.StateTables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The tables of runs and of failed rows, next to those of the state: one of each for all sources and targets. */
public final class JournalTables {
    static final String RUNS = StateTables.SCHEMA + ".run";
    static final String FAILURES = StateTables.SCHEMA + ".failure";

    private JournalTables() {}

    /** What makes them where they are missing; the schema exists. */
    public static List<String> ddl() {
        return List.of(
                "CREATE TABLE IF NOT EXISTS " + RUNS + " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                        + " source int NOT NULL, command text NOT NULL, shard int, shards int, host text NOT NULL,"
                        + " pid bigint NOT NULL, started timestamptz NOT NULL, heartbeat timestamptz NOT NULL,"
                        + " ended timestamptz, outcome text, listed bigint NOT NULL, committed bigint NOT NULL,"
                        + " failed bigint NOT NULL, bytes bigint NOT NULL, rate double precision NOT NULL,"
                        + " options jsonb)",
                "CREATE TABLE IF NOT EXISTS " + FAILURES + " (source int NOT NULL, key text NOT NULL, oid text,"
                        + " reason text NOT NULL, message text NOT NULL, attempts int NOT NULL,"
                        + " last_at timestamptz NOT NULL, run bigint NOT NULL, PRIMARY KEY (source, key))");
    }

    /** The same as a script for a DBA to run, after which the tables belong to the role of this connection. */
    public static List<String> script(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet role = statement.executeQuery("SELECT pg_catalog.quote_ident(current_user)")) {
            role.next();
            return List.of(
                    ddl().get(0),
                    ddl().get(1),
                    "ALTER TABLE " + RUNS + " OWNER TO " + role.getString(1),
                    "ALTER TABLE " + FAILURES + " OWNER TO " + role.getString(1));
        }
    }

    /** Whether both are there. */
    public static boolean exist(Connection connection) throws SQLException {
        String query = "SELECT pg_catalog.to_regclass('" + RUNS + "') IS NOT NULL AND pg_catalog.to_regclass('"
                + FAILURES + "') IS NOT NULL";
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** Makes them where they are missing. */
    public static void create(Connection connection) throws SQLException {
        if (!exist(connection)) {
            try (var statement = connection.createStatement()) {
                for (String table : ddl()) {
                    statement.execute(table);
                }
            }
        }
    }
}
