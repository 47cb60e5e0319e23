package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.source.Catalog;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Checks that the batch job of the Tocco Business Framework that deletes unreferenced binaries is inactive: it would delete
 * binaries while a run copies them. Changes nothing.
 */
final class BatchJobCheck {
    private static final Logger LOG = LogManager.getLogger(BatchJobCheck.class);
    private static final String TABLE = "nice_batch_job";
    private static final String JOB = "nice2.dms.DeleteUnreferencedBinariesBatchJob";
    private static final String OVERRIDE = "; --skip-batch-job-check skips this check";

    private final Connection connection;
    private final Catalog catalog;

    BatchJobCheck(Connection connection, Catalog catalog) {
        this.connection = connection;
        this.catalog = catalog;
    }

    Finding check() throws SQLException {
        if (!catalog.exists(TABLE)) {
            LOG.info("there is no table {}: not a Tocco database, so no batch job to wait for", TABLE);
            return Finding.ok("there is no batch job");
        }
        if (!catalog.maySelect(TABLE)) {
            return Finding.fail("this role may not read " + TABLE + ", which says whether batch job " + JOB
                    + " is inactive: GRANT SELECT ON " + TABLE + " TO …" + OVERRIDE);
        }
        Finding rowSecurity = SourceCheck.rowSecurity(catalog, TABLE);
        if (rowSecurity.level() != Finding.Level.OK) {
            return rowSecurity;
        }
        try (var statement = connection.prepareStatement("SELECT active FROM " + TABLE + " WHERE id = ?")) {
            statement.setString(1, JOB);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Finding.fail("batch job " + JOB + " is not in " + TABLE
                            + ", so lo-migrate cannot tell whether it is inactive" + OVERRIDE);
                }
                return row.getBoolean(1)
                        ? Finding.fail("batch job " + JOB + " is active and would delete binaries during the run:"
                                + " deactivate it first" + OVERRIDE)
                        : Finding.ok("batch job " + JOB + " is inactive");
            }
        }
    }
}
