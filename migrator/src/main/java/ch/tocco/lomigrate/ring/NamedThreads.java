package ch.tocco.lomigrate.ring;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;

/** Names a stage's threads {@code <stage>-1}, {@code <stage>-2}, … and can wait for their end. */
final class NamedThreads implements ThreadFactory {
    private final String stage;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    NamedThreads(String stage) {
        this.stage = stage;
    }

    @Override
    public synchronized Thread newThread(Runnable work) {
        Thread thread = new Thread(work, stage + "-" + (threads.size() + 1));
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    void join() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
