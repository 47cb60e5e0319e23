package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import java.sql.SQLException;

/** The database of one workload. Its table is made anew for each run, so that none pays for the one before. */
final class SourceFixture implements AutoCloseable {
    private static final String MIME_TYPE = "application/octet-stream";

    /** Rows before the giants', which are among the first hundred. */
    private static final int BEFORE_GIANTS = 20;

    /** Above the size of every small object. */
    private static final long GIANT_SIZE = 16 << 20;

    private final EmbeddedPostgres postgres;
    private final SourceDatabase database;
    private final Workload workload;

    private SourceFixture(EmbeddedPostgres postgres, SourceDatabase database, Workload workload) {
        this.postgres = postgres;
        this.database = database;
        this.workload = workload;
    }

    static SourceFixture create(EmbeddedPostgres postgres, Workload workload) throws SQLException {
        System.out.print(workload.description() + ": filling, ");
        long begun = System.nanoTime();
        SourceFixture source = new SourceFixture(postgres, SourceDatabase.create(postgres), workload);
        source.fill();
        System.out.printf("%.0f s%n", (System.nanoTime() - begun) / 1e9);
        return source;
    }

    private void fill() throws SQLException {
        int before = Math.min(BEFORE_GIANTS, workload.objects());
        insertMigrated();
        database.fill(before, 1, workload::size, MIME_TYPE);
        insertGiants();
        database.fill(workload.objects() - before, 1 + before, workload::size, MIME_TYPE);
        database.execute("CREATE TABLE pristine AS TABLE _nice_binary");
        // large objects stay as they are from now on
        database.execute("VACUUM ANALYZE");
    }

    /** Rows that are done are never looked at again: they need no object. */
    private void insertMigrated() throws SQLException {
        database.execute("INSERT INTO _nice_binary"
                + " SELECT left(h, 40), 1000, '" + MIME_TYPE + "', 1, h"
                + " FROM (SELECT encode(sha256(n::text::bytea), 'hex') FROM generate_series(1, "
                + workload.migrated() + ") n) d(h)");
    }

    private void insertGiants() throws SQLException {
        long seed = 1;
        try (var connection = database.connect()) {
            for (Workload.Giants some : workload.giants()) {
                for (int i = 0; i < some.count(); i++) {
                    GiantObjects.insert(connection, seed++, some.size());
                }
            }
        }
    }

    Workload workload() {
        return workload;
    }

    SourceDatabase database() {
        return database;
    }

    /** All rows pending, statistics fresh, nothing left to be written. */
    void reset() throws SQLException {
        reset("TABLE pristine");
    }

    /** Only as many rows, the first ones. */
    void resetToFirst(int rows) throws SQLException {
        reset("SELECT * FROM pristine ORDER BY ctid LIMIT " + rows);
    }

    /** Only the rows of small objects. */
    void resetWithoutGiants() throws SQLException {
        reset("SELECT * FROM pristine WHERE size < " + GIANT_SIZE);
    }

    private void reset(String rows) throws SQLException {
        database.execute("TRUNCATE _nice_binary; INSERT INTO _nice_binary " + rows);
        database.execute("VACUUM ANALYZE _nice_binary");
        database.execute("CHECKPOINT");
    }

    /** Fails unless exactly so many rows that were pending have a hash. */
    void requireMigrated(int objects) throws SQLException {
        String migrated = database.query("SELECT count(*) FROM _nice_binary b JOIN pristine p USING (hash)"
                        + " WHERE b.sha2 IS NOT NULL AND p.sha2 IS NULL")
                .orElseThrow();
        if (Integer.parseInt(migrated) != objects) {
            throw new IllegalStateException(migrated + " rows were migrated, not " + objects);
        }
    }

    /** Drops the database. */
    @Override
    public void close() throws SQLException {
        try (var connection = postgres.connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute("DROP DATABASE " + database.name() + " WITH (FORCE)");
        }
    }
}
