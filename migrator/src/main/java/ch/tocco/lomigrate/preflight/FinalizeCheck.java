package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.source.Catalog;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Checks that this role may finalize the table, and that the table can be finalized. Changes nothing. */
final class FinalizeCheck {
    private FinalizeCheck() {}

    /** Warns if an interrupted finalize left a check that hurts production until finalize is run again. */
    static Finding leftover(Catalog catalog, SourceSql sql) throws SQLException {
        return catalog.hasNotNullCheck()
                ? Finding.warn("an interrupted finalize left the check "
                        + sql.finalizing().notNullCheck() + " on " + sql.table()
                        + ", which refuses every insert without " + sql.stateColumn()
                        + ": run lo-migrate finalize, or drop it with "
                        + sql.finalizing().dropNotNullCheck())
                : Finding.ok("no finalize was interrupted");
    }

    static List<Finding> check(Catalog catalog, SourceSql sql) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        findings.add(SourceCheck.rowSecurity(catalog, sql.table()));
        if (!catalog.isPlainTable()) {
            findings.add(
                    Finding.fail(
                            "--finalize requires a plain table, " + sql.table()
                                    + " is a view, partitioned or inherited from: PostgreSQL cannot build an index there concurrently"));
        }
        if (!catalog.mayAlter()) {
            findings.add(Finding.fail("this role may not finalize: --finalize requires the owner of " + sql.table()
                    + ", or a superuser"));
        }
        if (!catalog.mayCreateInSchema()) {
            findings.add(
                    Finding.fail("this role may not finalize: --finalize creates an index, which requires CREATE on"
                            + " the schema of " + sql.table()));
        }
        return findings;
    }
}
