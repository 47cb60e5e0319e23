package ch.tocco.lomigrate.command;

import ch.tocco.lomigrate.command.Outcome.Kind;
import ch.tocco.lomigrate.config.DiscoverConfig;
import ch.tocco.lomigrate.discover.Discoverer;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.references.ReadOnlySession;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.sql.SQLException;

/**
 * Searches a database for large objects and prints the report: one connection, nothing changed, no bucket. Used once;
 * {@link #stop} may be called by any thread.
 */
public final class Discovery implements Task {
    private final DiscoverConfig config;
    private final PrintStream out;
    private final RunControl control = new RunControl();

    /**
     * Prepares it; opens nothing yet.
     *
     * @param out gets the report
     */
    public Discovery(DiscoverConfig config, PrintStream out) {
        this.config = config;
        this.out = out;
    }

    @Override
    public Outcome run() throws InterruptedException {
        PgConnections connections = new PgConnections(config.postgres());
        try {
            if (config.profiles().isPresent()) {
                Files.createDirectories(config.profiles().get());
            }
            try (ReadOnlySession session = ReadOnlySession.open(connections, config, control)) {
                out.print(new Discoverer(session, config).text());
                return new Outcome(Kind.ALL_MIGRATED, "");
            }
        } catch (SQLException e) {
            return control.stopped()
                    ? stopped(e)
                    : new Outcome(Kind.REFUSED, "database " + connections + ": " + SqlFaults.describe(e), e);
        } catch (RunEndedException e) {
            return stopped(e);
        } catch (IOException e) {
            return new Outcome(
                    Kind.REFUSED,
                    "--write-profiles " + config.profiles().orElseThrow() + " cannot be written: " + e,
                    e);
        }
    }

    private static Outcome stopped(Exception cause) {
        return new Outcome(Kind.STOPPED, "stopped; nothing was changed", cause);
    }

    @Override
    public void stop() {
        control.stop();
    }
}
