package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.source.Catalog;
import java.sql.SQLException;

/** Checks whether row-level security may hide rows of a table from this role. Policies are not considered. */
final class RowSecurity {
    private RowSecurity() {}

    /** @param table name, quoted, of a table that exists */
    static Finding check(Catalog catalog, String table) throws SQLException {
        return catalog.hidesRows(table)
                ? Finding.fail("row-level security of " + table + " applies to this role and may hide rows from it:"
                        + " ALTER ROLE … BYPASSRLS (by a superuser), or run as the owner of the table without FORCE ROW"
                        + " LEVEL SECURITY; no policy is enough")
                : Finding.ok("row-level security hides no row of " + table);
    }
}
