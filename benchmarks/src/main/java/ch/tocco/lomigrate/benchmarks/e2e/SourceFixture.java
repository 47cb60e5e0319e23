package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.testkit.EmbeddedPostgres;
import ch.tocco.lomigrate.testkit.SourceDatabase;
import java.sql.SQLException;

/** The database of one workload. Its table is made anew for each run, so that none pays for the one before. */
final class SourceFixture {
    private final SourceDatabase database;
    private final Workload workload;

    private SourceFixture(SourceDatabase database, Workload workload) {
        this.database = database;
        this.workload = workload;
    }

    static SourceFixture create(EmbeddedPostgres postgres, Workload workload) throws SQLException {
        SourceDatabase database = SourceDatabase.create(postgres);
        database.fill(workload.objects(), 1, workload::size, "application/octet-stream");
        database.execute("CREATE TABLE pristine AS TABLE _nice_binary");
        return new SourceFixture(database, workload);
    }

    Workload workload() {
        return workload;
    }

    SourceDatabase database() {
        return database;
    }

    /** All rows pending, statistics fresh, nothing left to be written. */
    void reset() throws SQLException {
        database.execute("TRUNCATE _nice_binary; INSERT INTO _nice_binary TABLE pristine");
        database.execute("VACUUM ANALYZE");
        database.execute("CHECKPOINT");
    }

    /** Fails unless exactly so many rows have the hash of their content. */
    void requireMigrated(int objects) throws SQLException {
        String migrated = database.query("SELECT count(*) FROM _nice_binary b JOIN pristine p USING (hash)"
                        + " WHERE b.sha2 IS NOT NULL")
                .orElseThrow();
        if (Integer.parseInt(migrated) != objects) {
            throw new IllegalStateException(migrated + " rows were migrated, not " + objects);
        }
    }
}
