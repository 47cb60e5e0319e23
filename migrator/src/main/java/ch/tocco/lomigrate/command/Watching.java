package ch.tocco.lomigrate.command;

import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.monitor.Gauges;
import ch.tocco.lomigrate.watch.RunFacts;
import ch.tocco.lomigrate.watch.Watched;
import ch.tocco.lomigrate.web.WatchServer;
import java.util.Optional;

/** All that watches a run, from its first check to its end: the server of metrics. For the thread of the run. */
final class Watching implements AutoCloseable {
    private final Watched run;
    private final Optional<WatchServer> server;

    private Watching(Watched run, Optional<WatchServer> server) {
        this.run = run;
        this.server = server;
    }

    /** Begins before anything is looked at, so that a port that is taken refuses at once. */
    static Watching begin(MigrationConfig.Watch config, RunFacts facts) throws RefusedException {
        Watched run = new Watched(facts);
        Optional<WatchServer> server = Optional.empty();
        if (config.listen().isPresent()) {
            server = Optional.of(WatchServer.start(config.listen().get(), run));
        }
        return new Watching(run, server);
    }

    /** Objects are copied from now on. */
    void migrates(Gauges gauges) {
        run.migrates(gauges);
    }

    /** All that was listed is settled. */
    void finishes() {
        run.is(Watched.Phase.FINISHING);
    }

    @Override
    public void close() {
        run.is(Watched.Phase.ENDED);
        server.ifPresent(WatchServer::close);
    }
}
