package ch.tocco.lomigrate.migration;

import ch.tocco.lomigrate.config.MigrationConfig;
import java.io.PrintStream;

/** Placeholder until the pipeline lands: fixes the interface that the command line is built against. */
public final class Migration {
    public Migration(MigrationConfig config, PrintStream progress) {}

    /** Runs the whole migration on the calling thread and says how it ended. Never throws for what a server does. */
    public Outcome run() throws InterruptedException {
        return new Outcome(Outcome.Kind.ALL_MIGRATED, "");
    }

    /** Asks a run to end cleanly; returns at once. Any thread, any number of times, before, during or after the run. */
    public void stop() {}
}
