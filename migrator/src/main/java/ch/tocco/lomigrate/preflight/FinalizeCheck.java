package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.source.Catalog;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Whether this role may finalize the table, and whether it is one that can be finalized. Changes nothing. */
final class FinalizeCheck {
    private FinalizeCheck() {}

    /** Whether a finalizing that was killed has left something that hurts production until it is run again. */
    static Finding leftover(Catalog catalog, SourceSql sql) throws SQLException {
        return catalog.hasNotNullCheck()
                ? Finding.warn("finalizing was killed and left the check " + sql.notNullCheck() + " on " + sql.table()
                        + ", which refuses every insert without " + sql.stateColumn()
                        + ": run lo-migrate finalize, or drop it with " + sql.dropNotNullCheck())
                : Finding.ok("no finalizing was killed");
    }

    static List<Finding> check(Catalog catalog, SourceSql sql) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        findings.add(RowSecurity.check(catalog, sql.table()));
        if (!catalog.isPlainTable()) {
            findings.add(
                    Finding.fail(
                            "--finalize needs a plain table, " + sql.table()
                                    + " is a view, partitioned or inherited from: no index can be built there while production goes on"));
        }
        if (!catalog.mayAlter()) {
            findings.add(Finding.fail(
                    "this role may not finalize: --finalize needs the owner of " + sql.table() + ", or a superuser"));
        }
        if (!catalog.mayCreateInSchema()) {
            findings.add(Finding.fail("this role may not finalize: --finalize creates an index, which needs CREATE on"
                    + " the schema of " + sql.table()));
        }
        return findings;
    }
}
