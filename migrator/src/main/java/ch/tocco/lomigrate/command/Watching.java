package ch.tocco.lomigrate.command;

import ch.tocco.lomigrate.books.FailureReport;
import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.ServerWords;
import ch.tocco.lomigrate.lo.LoFailure;
import ch.tocco.lomigrate.monitor.Gauges;
import ch.tocco.lomigrate.report.FirstFailures;
import ch.tocco.lomigrate.report.ReportFiles;
import ch.tocco.lomigrate.watch.RunFacts;
import ch.tocco.lomigrate.watch.Sampler;
import ch.tocco.lomigrate.watch.Watched;
import ch.tocco.lomigrate.web.WatchServer;
import java.util.Locale;
import java.util.Optional;

/**
 * All that watches a run, from its first check to its end: the server, the report, and the thread that keeps numbers for both.
 * Where neither is wanted, nothing runs. For the thread of the run.
 */
final class Watching implements FailureReport, AutoCloseable {
    private final Watched run;
    private final FirstFailures failures = new FirstFailures();
    private Optional<WatchServer> server = Optional.empty();
    private Optional<ReportFiles> reports = Optional.empty();
    private Optional<Sampler> sampler = Optional.empty();

    private Watching(RunFacts facts) {
        this.run = new Watched(facts);
    }

    /** Begins before anything is looked at, so that a port that is taken refuses at once. */
    static Watching begin(MigrationConfig.Watch config, RunFacts facts) throws RefusedException {
        Watching watching = new Watching(facts);
        try {
            watching.open(config);
            return watching;
        } catch (RefusedException e) {
            watching.close();
            throw e;
        }
    }

    private void open(MigrationConfig.Watch config) throws RefusedException {
        if (config.listen().isPresent()) {
            server = Optional.of(WatchServer.start(config.listen().get(), run));
        }
        if (!config.reports().isEmpty()) {
            reports = Optional.of(ReportFiles.start(config.reports(), run, failures));
        }
        if (config.wanted()) {
            sampler = Optional.of(Sampler.start(run));
        }
    }

    /** Objects are copied from now on; all servers have said which they are. */
    void migrates(Gauges gauges) {
        run.migrates(gauges);
        reports.ifPresent(ReportFiles::refresh);
    }

    /** One more object has failed for good. */
    @Override
    public void failed(LoFailure failure, int attempts) {
        failures.failed(failure, attempts);
    }

    /** A server of the run has said which it is. */
    void met(String server, String version) {
        run.met(server, ServerWords.firstLine(version));
    }

    /** All that was listed is settled. */
    void finishes() {
        run.finishes();
    }

    /** It is known how the run ended. */
    void ends(Outcome outcome) {
        run.ends(outcome.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }

    @Override
    public void close() {
        sampler.ifPresent(Sampler::close);
        reports.ifPresent(ReportFiles::close);
        server.ifPresent(WatchServer::close);
    }
}
