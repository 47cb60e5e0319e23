package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.benchmarks.process.JavaProcess;
import ch.tocco.lomigrate.benchmarks.process.ProcessMeter;
import ch.tocco.lomigrate.benchmarks.results.Run;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** One that migrates, in a process of its own. */
enum Contender {
    /** The packaged tool with its defaults. */
    TOOL {
        @Override
        ProcessBuilder process(SourceDatabase database, Store store, int objects, List<String> flags) {
            List<String> command = new ArrayList<>(List.of(launcher(), "--bucket", "bucket"));
            command.addAll(List.of("--s3-url", "http://127.0.0.1:" + store.port()));
            // the sink looks at no byte; what ETags cost is no part of the comparison
            command.addAll(List.of("--store-verification", "off"));
            command.addAll(flags);
            ProcessBuilder builder = new ProcessBuilder(command);
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
        ProcessBuilder process(SourceDatabase database, Store store, int objects, List<String> flags) {
            String url = "jdbc:postgresql://127.0.0.1:%d/%s?user=%s&password=%s"
                    .formatted(
                            store.databasePort(),
                            database.name(),
                            database.server().user(),
                            URLEncoder.encode(database.server().password(), StandardCharsets.UTF_8));
            String endpoint = "http://127.0.0.1:" + store.port();
            // compiled as the tool is: what is compared is the way, not the settings of the JVM
            String compiler = "@" + Path.of(launcher()).resolveSibling("../lib/compiler.options");
            return JavaProcess.of(
                    PredecessorWay.class,
                    List.of("-Xmx1g", "-XX:+UseG1GC", compiler),
                    url,
                    endpoint,
                    Integer.toString(objects));
        }
    };

    private static String launcher() {
        return System.getProperty("lo.migrate.launcher");
    }

    abstract ProcessBuilder process(SourceDatabase database, Store store, int objects, List<String> flags);

    /**
     * Migrates objects of a fresh table, and makes sure that it did.
     *
     * @param objects how many; the tool migrates all that are pending
     * @param flags of the tool, beside the usual ones
     */
    Run run(SourceFixture source, Store store, int objects, Path log, String... flags)
            throws IOException, InterruptedException, SQLException {
        store.reset();
        ProcessBuilder process = process(source.database(), store, objects, List.of(flags));
        ProcessMeter.Usage usage = ProcessMeter.run(process, log, store::seen);
        source.requireMigrated(objects);
        Store.Seen seen = store.seen();
        if (seen.objects() < objects) {
            throw new IllegalStateException("the store has seen " + seen.objects() + " objects, not " + objects);
        }
        Run run = new Run(
                objects,
                usage.seconds(),
                usage.cpuSeconds(),
                (seen.firstMillis() - usage.startMillis()) / 1e3,
                usage.peakKib() / 1024.0,
                usage.timeline(),
                usage.threads().seconds(seen.firstMillis()));
        System.out.printf(
                "%-12s %,9d objects, %,8.1f/s, %,8.1f after start, %,6.0f us CPU per object, %,5.0f MiB%n",
                this, objects, run.rate(), run.rateAfterStart(), run.cpuMicros(), run.peakMib());
        return run;
    }
}
