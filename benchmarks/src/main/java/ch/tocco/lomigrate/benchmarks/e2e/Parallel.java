package ch.tocco.lomigrate.benchmarks.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Does pieces of work on one thread per core and takes the time. */
final class Parallel {
    private static final int THREADS = 2;

    private Parallel() {}

    /** One thread's means, opened before the time is taken. */
    interface Worker {
        /** Works on the objects {@code from} to before {@code to}. */
        void work(int from, int to) throws Exception;

        /** Closes what was opened. */
        default void end() throws Exception {}
    }

    /** Makes a {@link Worker}. */
    interface Opening {
        Worker open() throws Exception;
    }

    /** Objects per second. Threads take pieces of {@code piece} objects from each other. */
    static double perSecond(int objects, int piece, Opening opening) throws Exception {
        List<Worker> workers = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (int i = 0; i < THREADS; i++) {
                workers.add(opening.open());
            }
            AtomicInteger next = new AtomicInteger();
            long start = System.nanoTime();
            List<Future<?>> running = new ArrayList<>();
            for (Worker worker : workers) {
                running.add(threads.submit(() -> {
                    for (int from = next.getAndAdd(piece); from < objects; from = next.getAndAdd(piece)) {
                        worker.work(from, Math.min(objects, from + piece));
                    }
                    return null;
                }));
            }
            await(running);
            return objects / ((System.nanoTime() - start) / 1e9);
        } finally {
            threads.shutdownNow();
            for (Worker worker : workers) {
                worker.end();
            }
        }
    }

    /** Fails unless a worker has done as much as it should have. */
    static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("wrong number of " + what);
        }
    }

    private static void await(List<Future<?>> running) throws InterruptedException, ExecutionException {
        for (Future<?> each : running) {
            each.get();
        }
    }
}
