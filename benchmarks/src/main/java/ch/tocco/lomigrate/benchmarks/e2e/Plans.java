package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.benchmarks.results.QueryPlan;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.source.ContentSql;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Asks the planner how it would run the statements that a migration makes thousands of times. */
final class Plans {
    private Plans() {}

    static List<QueryPlan> of(SourceDatabase database) throws SQLException {
        SourceSql sql = new SourceSql(SourceMapping.TOCCO);
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute(SourceSql.forceGenericPlan());
            return List.of(
                    plan(statement, "list", sql.pendingInBlocks(), "0, 1000"),
                    plan(statement, "read", ContentSql.readBatch(), "'{1}', '{1}'"),
                    plan(statement, "commit", sql.hashes().commit(), "'{a}', '{1}', '{b}'"),
                    plan(statement, "commit past locks", sql.hashes().commitUnlocked(), "'{a}', '{1}', '{b}'"),
                    plan(statement, "look up", sql.hashes().committed(), "'{a}', '{1}'"));
        }
    }

    private static QueryPlan plan(Statement statement, String name, String sql, String values) throws SQLException {
        statement.execute("DEALLOCATE ALL");
        statement.execute("PREPARE asked AS " + numbered(sql));
        List<String> scans = new ArrayList<>();
        try (var lines = statement.executeQuery("EXPLAIN (COSTS OFF) EXECUTE asked(" + values + ")")) {
            while (lines.next()) {
                String line = lines.getString(1).replaceFirst("^[ >-]*", "");
                if (line.contains("Scan") && !line.startsWith("Function Scan")) {
                    scans.add(line);
                }
            }
        }
        return new QueryPlan(name, scans);
    }

    /** PREPARE wants its parameters numbered. */
    private static String numbered(String sql) {
        StringBuilder text = new StringBuilder();
        int parameter = 0;
        for (int i = 0; i < sql.length(); i++) {
            char c = sql.charAt(i);
            text.append(c == '?' ? "$" + ++parameter : String.valueOf(c));
        }
        return text.toString();
    }
}
