package ch.tocco.lomigrate.benchmarks.process;

import ch.tocco.lomigrate.benchmarks.servers.LatencyRelay;
import ch.tocco.lomigrate.benchmarks.servers.PutSink;
import ch.tocco.lomigrate.benchmarks.servers.SinkStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The process of the {@link PutSink} and, for a distant database, of the relay to it: beside client and database, so
 * that each one's CPU time is its own. Told what to do by lines, answers each by a line, and ends at end of file.
 */
public final class StoreProcess {
    private StoreProcess() {}

    /** Arguments: milliseconds of store latency, port of the database, milliseconds of each way to it. */
    public static void main(String[] arguments) throws IOException {
        Duration storeDelay = Duration.ofMillis(Long.parseLong(arguments[0]));
        int database = Integer.parseInt(arguments[1]);
        Duration databaseDelay = Duration.ofMillis(Long.parseLong(arguments[2]));
        try (PutSink sink = PutSink.start(storeDelay);
                LatencyRelay relay = LatencyRelay.start(database, databaseDelay);
                var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            System.out.println(sink.port() + " " + relay.port());
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals("reset")) {
                    sink.store().reset();
                }
                SinkStore seen = sink.store();
                System.out.println(seen.objects() + " " + seen.firstMillis() + " " + seen.giants());
            }
        }
    }
}
