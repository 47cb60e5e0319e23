package ch.tocco.lomigrate.listing;

import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The pages of one pass over the table. Each page is one statement, so no transaction stays open between them. A page
 * that failed is read again by the same call.
 */
public interface Pages {
    /** The next page's pending rows; null after the last page. The pages advance only if this returns. */
    List<ListedRow> next(Connection connection) throws SQLException;

    /** Pages over the table as it is now, in the way that suits the server and the kind of relation. */
    static Pages over(SourceSql sql, Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement("SELECT c.relkind = 'r' AND NOT c.relhassubclass,"
                + " pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::int8"
                + " FROM pg_catalog.pg_class c WHERE c.oid = to_regclass(?)")) {
            statement.setString(1, sql.table());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw SqlFaults.State.UNDEFINED_TABLE.of("table " + sql.table() + " does not exist");
                }
                // Partitioned tables and views have no blocks of their own, and tables that inherit from this one have
                // others beside its.
                if (!row.getBoolean(1)) {
                    return sql.mapping().complete() ? new KeyPages(sql) : new MeasuredPages(new KeyPages(sql));
                }
                boolean ranges = connection.getMetaData().getDatabaseMajorVersion() >= 14;
                if (!sql.mapping().complete()) {
                    return new MeasuredPages(ranges ? new CarefulPages(sql, row.getLong(2)) : new KeyPages(sql));
                }
                return new BlockPages(
                        new RowReader(sql), ranges ? sql.pendingInBlocks() : sql.pendingAtAddresses(), row.getLong(2));
            }
        }
    }

    /** All rows of a listing statement. */
    static List<ListedRow> rows(RowReader reader, ResultSet result) throws SQLException {
        List<ListedRow> rows = new ArrayList<>();
        while (result.next()) {
            rows.add(reader.read(result));
        }
        return reader.unambiguous(rows);
    }
}
