package ch.tocco.lomigrate.command;

import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.preflight.Preflight;
import ch.tocco.lomigrate.source.SourceSql;
import java.io.PrintStream;
import java.time.Duration;

/** Prints the statements that make the state of a source, for a DBA who runs them. Changes nothing. Used once. */
public final class StateDdl implements Task {
    /** Longest silence of a server that is only looked at. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private final S3Config s3;
    private final PrintStream out;
    private final RunControl control = new RunControl();
    private final Preflight preflight;

    /** @param s3 the target that the state will be of */
    public StateDdl(PostgresConfig postgres, S3Config s3, SourceMapping source, PrintStream out) {
        this.s3 = s3;
        this.out = out;
        this.preflight = new Preflight(new PgConnections(postgres), new SourceSql(source), control, SILENCE);
    }

    @Override
    public Outcome run() {
        try {
            preflight.stateScript(s3).forEach(statement -> out.println(statement + ";"));
            return new Outcome(Outcome.Kind.ALL_MIGRATED, "");
        } catch (RefusedException e) {
            return new Outcome(control.stopped() ? Outcome.Kind.STOPPED : Outcome.Kind.REFUSED, e.getMessage(), e);
        }
    }

    @Override
    public void stop() {
        control.stop();
    }
}
