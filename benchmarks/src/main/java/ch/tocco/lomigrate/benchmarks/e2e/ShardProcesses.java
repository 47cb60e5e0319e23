package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.benchmarks.process.ProcessMeter;
import ch.tocco.lomigrate.benchmarks.results.Shards;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Migrates a table by several processes of the packaged tool at the same time, each for a shard of its rows. */
final class ShardProcesses {
    /** The default of {@code --storer-threads}. */
    static final int PUTS_IN_FLIGHT = 128;

    private static final String LARGEST_SHARE =
            "SELECT max(c) FROM (SELECT count(*) c FROM _nice_binary GROUP BY data::bigint / 4096 %% %d) s";

    private ShardProcesses() {}

    /** All pending rows of a fresh table; makes sure that all of them were migrated. */
    static Shards.Together run(SourceFixture source, Store store, int shards)
            throws IOException, InterruptedException, SQLException {
        int objects = source.workload().pending();
        store.reset();
        List<ProcessBuilder> processes = new ArrayList<>();
        for (int i = 1; i <= shards; i++) {
            List<String> flags = shards == 1 ? List.of() : List.of("--shard", i + "/" + shards);
            processes.add(Contender.TOOL.process(source.database(), store, objects, flags));
        }
        ProcessMeter.Total total = ProcessMeter.runTogether(processes);
        source.requireMigrated(objects);
        int largest = Integer.parseInt(
                source.database().query(LARGEST_SHARE.formatted(shards)).orElseThrow());
        Shards.Together run = new Shards.Together(shards, objects, largest, total.seconds(), total.cpuSeconds());
        System.out.printf(
                "%d shards     %,9d objects, %,8.1f/s, %,6.0f us CPU per object, largest share %,d%n",
                shards, objects, run.rate(), run.cpuMicros(), largest);
        return run;
    }
}
