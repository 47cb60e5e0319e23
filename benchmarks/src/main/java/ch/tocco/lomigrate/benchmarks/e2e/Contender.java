package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.testkit.SourceDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** Whoever migrates, in a process of its own. */
enum Contender {
    /** The packaged tool with its defaults. */
    TOOL {
        @Override
        ProcessBuilder process(SourceDatabase database, Store store, int objects) {
            String launcher = System.getProperty("lo.migrate.launcher");
            ProcessBuilder builder = new ProcessBuilder(
                    List.of(launcher, "--bucket", "bucket", "--s3-url", "http://127.0.0.1:" + store.port()));
            String url = database.url().replace(":" + database.server().port(), ":" + store.databasePort());
            builder.environment().put("LO_MIGRATE_PG_URL", url);
            builder.environment().put("LO_MIGRATE_ACCESS_KEY", "access");
            builder.environment().put("LO_MIGRATE_SECRET_KEY", "secret");
            return builder;
        }
    },

    /** See {@link PredecessorWay}. */
    PREDECESSOR {
        @Override
        ProcessBuilder process(SourceDatabase database, Store store, int objects) {
            String url = "jdbc:postgresql://127.0.0.1:%d/%s?user=%s&password=%s"
                    .formatted(
                            store.databasePort(),
                            database.name(),
                            database.server().user(),
                            database.server().password());
            String endpoint = "http://127.0.0.1:" + store.port();
            return JavaProcess.of(PredecessorWay.class, "-Xmx1g", url, endpoint, Integer.toString(objects));
        }
    };

    abstract ProcessBuilder process(SourceDatabase database, Store store, int objects);

    /** Migrates as many objects of a fresh table, and makes sure that it did. */
    Run run(SourceFixture source, Store store, int objects, Path log)
            throws IOException, InterruptedException, SQLException {
        source.reset();
        store.reset();
        ProcessMeter.Usage usage = ProcessMeter.run(process(source.database(), store, objects), log);
        source.requireMigrated(objects);
        Store.Seen seen = store.seen();
        if (seen.objects() < objects) {
            throw new IllegalStateException("the store has seen " + seen.objects() + " objects, not " + objects);
        }
        return new Run(objects, usage, (seen.firstMillis() - usage.startMillis()) / 1e3);
    }
}
