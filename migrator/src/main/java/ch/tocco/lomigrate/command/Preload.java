package ch.tocco.lomigrate.command;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.committer.Committer;
import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.observer.Listing;
import ch.tocco.lomigrate.observer.Observer;
import ch.tocco.lomigrate.observer.TableCount;
import ch.tocco.lomigrate.pipeline.Pipeline;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.receiver.GiantsAside;
import ch.tocco.lomigrate.receiver.Receiver;
import ch.tocco.lomigrate.receiver.SpillDir;
import ch.tocco.lomigrate.ring.HandlerPool;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.ring.WorkerPool;
import ch.tocco.lomigrate.s3.S3ObjectStore;
import ch.tocco.lomigrate.storer.Storer;
import java.util.List;

/**
 * Loads what a migration needs in a moment, on a thread of its own, while its start waits: for the logs to be set up first,
 * then for PostgreSQL. A thread that needs a class meanwhile waits for it as for any other.
 */
public final class Preload {
    private static final List<Class<?>> PIPELINE = List.of(
            Pipeline.class,
            LoRing.class,
            LoEvent.class,
            ByteBudget.class,
            Books.class,
            WorkerPool.class,
            HandlerPool.class,
            SpillDir.class,
            GiantsAside.class,
            Receiver.class,
            Storer.class,
            Committer.class,
            TableCount.class,
            Listing.class,
            Observer.class);

    private Preload() {}

    /** Begins it. */
    public static void begin() {
        Thread thread = new Thread(Preload::load, "preload");
        thread.setDaemon(true);
        thread.start();
    }

    private static void load() {
        PgConnections.preload();
        S3ObjectStore.preload();
        for (Class<?> type : PIPELINE) {
            try {
                Class.forName(type.getName()); // also makes ready what naming it here has only loaded
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
