package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.Catalog;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Refuses to finalize a table that cannot be finalized, before anything is changed. */
public final class FinalizePreflight {
    private final PgConnections connections;
    private final SourceSql sql;
    private final RunControl control;

    public FinalizePreflight(PgConnections connections, SourceSql sql, RunControl control) {
        this.connections = connections;
        this.sql = sql;
        this.control = control;
    }

    /** Looks at the database; changes nothing. Returns the table's oid. */
    public long check() throws RefusedException {
        try (Connection connection = connections.open("preflight")) {
            control.onEnd(() -> PgConnections.cancel(connection));
            Preflight.limitLockWaits(connection);
            Catalog catalog = new Catalog(connection, sql);
            Finding.report(findings(connection, catalog));
            return catalog.tableOid().orElseThrow();
        } catch (SQLException e) {
            throw new RefusedException("database " + connections + ": " + SqlFaults.describe(e), e);
        }
    }

    private List<Finding> findings(Connection connection, Catalog catalog) throws SQLException {
        List<Finding> findings = new ArrayList<>(new SourceCheck(connection, sql).table());
        if (Finding.anyFailed(findings)) {
            return findings;
        }
        if (!catalog.columns().containsKey(sql.names().sha2())) {
            findings.add(Finding.fail("column " + sql.names().sha2()
                    + " is missing: no row is migrated yet, so run the migration first"));
        }
        findings.addAll(FinalizeCheck.check(catalog, sql));
        return findings;
    }
}
