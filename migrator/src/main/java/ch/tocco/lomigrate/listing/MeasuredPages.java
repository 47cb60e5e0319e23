package ch.tocco.lomigrate.listing;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.ContentSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * Pages whose rows know how long their objects are: where a row does not say, PostgreSQL is asked, before anybody has to
 * find room for the object. One that is missing, or may not be read, stays unknown; its reader finds out why.
 */
final class MeasuredPages implements Pages {
    /** Each has a descriptor open for as long as the statement runs. */
    private static final int MOST = 1000;

    private final Pages pages;

    MeasuredPages(Pages pages) {
        this.pages = pages;
    }

    @Override
    public List<ListedRow> next(Connection connection) throws SQLException {
        List<ListedRow> page = pages.next(connection);
        if (page != null) {
            List<ListedRow> asked = page.stream().filter(ListedRow::lacksSize).toList();
            for (int from = 0; from < asked.size(); from += MOST) {
                measure(connection, asked.subList(from, Math.min(from + MOST, asked.size())));
            }
        }
        return page;
    }

    private static void measure(Connection connection, List<ListedRow> rows) throws SQLException {
        try {
            ask(connection, rows);
        } catch (SQLException e) {
            if (SqlFaults.kindOf(e) != FaultKind.OBJECT) {
                throw e;
            }
            if (rows.size() > 1) {
                measure(connection, rows.subList(0, rows.size() / 2));
                measure(connection, rows.subList(rows.size() / 2, rows.size()));
            }
        }
    }

    private static void ask(Connection connection, List<ListedRow> rows) throws SQLException {
        long[] oids = rows.stream().mapToLong(ListedRow::oid).toArray();
        try (var statement = connection.prepareStatement(ContentSql.lengths())) {
            statement.setArray(1, connection.unwrap(PGConnection.class).createArrayOf("int8", oids));
            try (ResultSet lengths = statement.executeQuery()) {
                while (lengths.next()) {
                    rows.get(lengths.getInt(1) - 1).measured(lengths.getLong(2));
                }
            }
        }
    }
}
