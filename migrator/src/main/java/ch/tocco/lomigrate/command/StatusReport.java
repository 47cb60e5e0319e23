package ch.tocco.lomigrate.command;

import ch.tocco.lomigrate.command.Outcome.Kind;
import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.status.StatusReader;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** Prints how far a migration is, from the database only: one connection, nothing changed, no bucket. Used once. */
public final class StatusReport implements Task {
    private final PgConnections connections;
    private final SourceMapping source;
    private final boolean json;
    private final PrintStream out;
    private final RunControl control = new RunControl();

    /** @param out gets the report */
    public StatusReport(PostgresConfig postgres, SourceMapping source, boolean json, PrintStream out) {
        this.connections = new PgConnections(postgres);
        this.source = source;
        this.json = json;
        this.out = out;
    }

    @Override
    @SuppressWarnings("try") // the registration only cancels
    public Outcome run() {
        try (Connection connection = connections.open("status", Duration.ZERO, control);
                RunEnd.Registration cancelling = control.onEnd(() -> PgConnections.cancel(connection))) {
            try (var statement = connection.createStatement()) {
                statement.execute("SET default_transaction_read_only = on");
            }
            out.print(new StatusReader(connection, new SourceSql(source)).text(json));
            out.flush();
            return new Outcome(Kind.ALL_MIGRATED, "");
        } catch (RefusedException e) {
            return new Outcome(Kind.REFUSED, e.getMessage(), e);
        } catch (SQLException e) {
            return control.stopped()
                    ? new Outcome(Kind.STOPPED, "stopped; nothing was changed", e)
                    : new Outcome(Kind.REFUSED, "database " + connections + ": " + SqlFaults.describe(e), e);
        }
    }

    @Override
    public void stop() {
        control.stop();
    }
}
