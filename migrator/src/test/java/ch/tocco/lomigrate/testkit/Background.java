package ch.tocco.lomigrate.testkit;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * Runs something beside the test, on a thread of its own, however few processors there are. Whatever it throws, an
 * assertion that fails included, is the cause of what {@code join} throws.
 */
public final class Background {
    private Background() {}

    /** Something without a result. */
    public interface Work {
        /** Does it. */
        void run() throws Exception;
    }

    public static CompletableFuture<Void> run(Work work) {
        return call(() -> {
            work.run();
            return null;
        });
    }

    public static <T> CompletableFuture<T> call(Callable<T> work) {
        var result = new CompletableFuture<T>();
        var thread = new Thread(
                () -> {
                    try {
                        result.complete(work.call());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                },
                "background");
        thread.setDaemon(true);
        thread.start();
        return result;
    }
}
