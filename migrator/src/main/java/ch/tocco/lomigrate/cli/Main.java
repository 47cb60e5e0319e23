package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.cli.CommandLine.Help;
import ch.tocco.lomigrate.cli.CommandLine.Migrate;
import ch.tocco.lomigrate.cli.CommandLine.Mistaken;
import ch.tocco.lomigrate.cli.CommandLine.Request;
import ch.tocco.lomigrate.migration.Migration;
import ch.tocco.lomigrate.migration.Outcome;
import java.io.PrintStream;
import java.util.List;
import org.apache.logging.log4j.LogManager;

/** The command line tool: reads the command line, runs the migration, ends with the documented exit code. */
public final class Main {
    private static final String PREFIX = "lo-migrate: ";

    private final PrintStream out;
    private final PrintStream err;

    Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] arguments) {
        ExitCode code = new Main(System.out, System.err).run(List.of(arguments), Surroundings.ofThisProcess());
        LogManager.shutdown();
        System.out.flush();
        System.err.flush();
        // not a plain return: threads of libraries must not keep a finished run alive
        System.exit(code.number());
    }

    /** Does what the command line says, up to the end of the run. */
    ExitCode run(List<String> arguments, Surroundings surroundings) {
        CommandLine commandLine = Options.parse(arguments, surroundings);
        commandLine.warnings().forEach(warning -> err.println(PREFIX + "warning: " + warning));
        Request request = commandLine.request();
        if (request instanceof Migrate migrate) {
            return migrate(migrate);
        }
        if (request instanceof Mistaken mistaken) {
            return refuse(mistaken);
        }
        out.print(request instanceof Help ? HelpText.full() : Version.text() + System.lineSeparator());
        return ExitCode.ALL_MIGRATED;
    }

    private ExitCode refuse(Mistaken mistaken) {
        mistaken.mistakes().forEach(mistake -> err.println(PREFIX + mistake));
        err.print(HelpText.synopsis());
        err.println("Try 'lo-migrate --help' for all flags.");
        return ExitCode.USAGE;
    }

    private ExitCode migrate(Migrate request) {
        Logging.configure(request.logLevel(), request.debug());
        out.println(Version.text() + ", effective configuration:");
        out.println(request.effective());
        out.flush();
        try {
            Migration migration = new Migration(request.config(), out);
            Signals signals = new Signals(
                    migration::stop, err, code -> Runtime.getRuntime().halt(code));
            signals.install();
            return end(migration.run(), signals);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return broken("interrupted", e, request.debug());
        } catch (RuntimeException | Error e) {
            return broken("internal error: " + e, e, request.debug());
        }
    }

    private ExitCode end(Outcome outcome, Signals signals) {
        PrintStream stream = outcome.kind() == Outcome.Kind.ALL_MIGRATED ? out : err;
        outcome.message().lines().forEach(line -> stream.println((stream == err ? PREFIX : "") + line));
        return signals.received()
                .map(signal -> ExitCode.afterSignal(signal, outcome.kind()))
                .orElseGet(() -> ExitCode.of(outcome.kind()));
    }

    private ExitCode broken(String what, Throwable cause, boolean debug) {
        err.println(PREFIX + what + (debug ? "" : " (--debug shows the stack trace)"));
        if (debug) {
            cause.printStackTrace(err);
        }
        return ExitCode.ABORTED;
    }
}
