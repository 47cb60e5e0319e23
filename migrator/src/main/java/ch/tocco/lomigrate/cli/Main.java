package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.cli.CommandLine.Common;
import ch.tocco.lomigrate.cli.CommandLine.Help;
import ch.tocco.lomigrate.cli.CommandLine.Mistaken;
import ch.tocco.lomigrate.cli.CommandLine.Request;
import ch.tocco.lomigrate.cli.CommandLine.Work;
import ch.tocco.lomigrate.command.Control;
import ch.tocco.lomigrate.command.Discovery;
import ch.tocco.lomigrate.command.Finalization;
import ch.tocco.lomigrate.command.Migration;
import ch.tocco.lomigrate.command.Outcome;
import ch.tocco.lomigrate.command.Preload;
import ch.tocco.lomigrate.command.SourceSeries;
import ch.tocco.lomigrate.command.StateDdl;
import ch.tocco.lomigrate.command.StatusReport;
import ch.tocco.lomigrate.command.Task;
import ch.tocco.lomigrate.config.RunId;
import ch.tocco.lomigrate.config.Surroundings;
import ch.tocco.lomigrate.login.DriverTimeZone;
import ch.tocco.lomigrate.login.PgPassword;
import ch.tocco.lomigrate.watch.RunFacts;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The command line tool: reads the command line, runs the command, ends with the documented exit code. */
public final class Main {
    private static final String PREFIX = "lo-migrate: ";

    /** Arguments of what prints a text and logs nothing. */
    private static final Set<String> PRINTED = Set.of("--version", "-V", "--help", "-h");

    private final PrintStream out;
    private final Supplier<PrintStream> err;

    /** @param err called for each line, because the live display replaces the stream by its own */
    Main(PrintStream out, Supplier<PrintStream> err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] arguments) {
        if (arguments.length > 0 && Stream.of(arguments).noneMatch(PRINTED::contains)) {
            Logging.prepare();
        }
        ExitCode code = new Main(System.out, () -> System.err).run(List.of(arguments), Surroundings.ofThisProcess());
        Logging.shutdown();
        System.out.flush();
        System.err.flush();
        // exits instead of returning: threads of libraries must not keep a finished run alive
        System.exit(code.number());
    }

    /** Does what the command line asks for and returns at the end of the command. */
    ExitCode run(List<String> arguments, Surroundings surroundings) {
        CommandLine commandLine = CommandLineReader.read(arguments, surroundings);
        commandLine.warnings().forEach(warning -> say("warning: " + warning));
        Request request = commandLine.request();
        if (request instanceof Work work) {
            return work(work);
        }
        if (request instanceof Mistaken mistaken) {
            return refuse(mistaken);
        }
        out.print(request instanceof Help help ? help.text() : Version.text() + System.lineSeparator());
        return ExitCode.ALL_MIGRATED;
    }

    private ExitCode refuse(Mistaken mistaken) {
        mistaken.mistakes().forEach(this::say);
        err.get().print(mistaken.synopsis());
        err.get().println("Try 'lo-migrate --help' for all flags.");
        return ExitCode.USAGE;
    }

    private ExitCode work(Work request) {
        Common common = request.common();
        if (request instanceof CommandLine.Migrate) {
            Preload.begin();
        }
        Logging.configure(common.logLevel(), common.debug(), common.jsonLog());
        PgPassword.keepDriverFromSearching();
        DriverTimeZone.useFullName();
        boolean prints = request instanceof CommandLine.Ddl || request instanceof CommandLine.Control;
        if (!prints) { // what is asked for and nothing else
            PrintStream configuration = writesJson(request) ? err.get() : out;
            configuration.println(Version.text() + ", effective configuration:");
            if (!(request instanceof CommandLine.Series)) { // which says it of each source
                configuration.println(common.effective());
            }
            configuration.flush();
        }
        try {
            Task task = task(request);
            Signals signals = new Signals(
                    task::stop, this::say, code -> Runtime.getRuntime().halt(code));
            if (!(request instanceof CommandLine.Control)) { // which a signal ends at once
                signals.install();
            }
            return end(task.run(), signals, common.debug());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return broken("interrupted", e, common.debug());
        } catch (RuntimeException | Error e) {
            return broken("internal error: " + e, e, common.debug());
        }
    }

    private Task task(Work request) {
        if (request instanceof CommandLine.Ddl ddl) {
            return new StateDdl(ddl.postgres(), ddl.s3(), ddl.source(), out);
        }
        if (request instanceof CommandLine.Control control) {
            return new Control(control.request(), out);
        }
        if (request instanceof CommandLine.Migrate migrate) {
            return migration(migrate, "");
        }
        if (request instanceof CommandLine.Series series) {
            return series(series.sources());
        }
        if (request instanceof CommandLine.Status status) {
            return new StatusReport(status.postgres(), status.source(), status.json(), out);
        }
        return request instanceof CommandLine.Discover discover
                ? new Discovery(discover.config(), out)
                : new Finalization(((CommandLine.Finalize) request).config());
    }

    private static RunFacts facts(Common common, String source) {
        return new RunFacts(
                RunId.ofThisProcess().text(),
                Version.text(),
                source,
                Instant.now(),
                common.command(),
                common.effective());
    }

    private Migration migration(CommandLine.Migrate migrate, String source) {
        return new Migration(
                migrate.config(),
                migrate.source(),
                migrate.flags().newTarget(),
                migrate.flags().statePublished(),
                facts(migrate.common(), source),
                out);
    }

    /** They share one file of failures, which the first begins anew. */
    private Task series(List<CommandLine.Named> named) {
        List<SourceSeries.Source> sources = new ArrayList<>();
        for (CommandLine.Named each : named) {
            boolean first = sources.isEmpty();
            CommandLine.Migrate migrate = each.migrate();
            String number = (sources.size() + 1) + " of " + named.size();
            sources.add(new SourceSeries.Source(
                    each.file(),
                    migrate.common().effective(),
                    () -> first
                            ? migration(migrate, number)
                            : migration(migrate, number).afterAnother()));
        }
        return new SourceSeries(sources, out);
    }

    /** Whether a program reads standard output: nothing else may be written there then. */
    private static boolean writesJson(Work request) {
        return (request instanceof CommandLine.Discover discover
                        && discover.config().json())
                || (request instanceof CommandLine.Status status && status.json());
    }

    private ExitCode end(Outcome outcome, Signals signals, boolean debug) {
        outcome.message().lines().forEach(outcome.kind() == Outcome.Kind.ALL_MIGRATED ? out::println : this::say);
        outcome.cause().filter(cause -> debug).ifPresent(cause -> cause.printStackTrace(err.get()));
        return signals.received()
                .map(signal -> ExitCode.afterSignal(signal, outcome.kind()))
                .orElseGet(() -> ExitCode.of(outcome.kind()));
    }

    private ExitCode broken(String what, Throwable cause, boolean debug) {
        say(what + (debug ? "" : " (--debug shows the stack trace)"));
        if (debug) {
            cause.printStackTrace(err.get());
        }
        return ExitCode.ABORTED;
    }

    private void say(String line) {
        if (!Logging.saidAsJson(line)) {
            err.get().println(PREFIX + line);
        }
    }
}
