package ch.tocco.lomigrate.benchmarks.ring;

import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.lo.SourceRow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;

/** A queue of the JDK with consumers that take row by row, or drain as many as there are. */
final class QueueHandOver extends HandOver {
    private static final SourceRow END = Rows.of("", 0, null, 1);

    private final BlockingQueue<SourceRow> queue;
    private final List<Thread> consumers = new ArrayList<>();

    /**
     * Starts the consumers.
     *
     * @param maxBatch most rows that a consumer takes at once
     */
    QueueHandOver(BlockingQueue<SourceRow> queue, int consumers, int maxBatch) {
        super(consumers);
        this.queue = queue;
        for (int i = 0; i < consumers; i++) {
            int number = i;
            Thread thread = new Thread(() -> consume(number, maxBatch), "consumer-" + i);
            this.consumers.add(thread);
            thread.start();
        }
    }

    @Override
    Entry entry() {
        return queue::put;
    }

    private void consume(int number, int maxBatch) {
        List<SourceRow> taken = new ArrayList<>(maxBatch);
        try {
            while (true) {
                taken.add(queue.take());
                if (maxBatch > 1) {
                    queue.drainTo(taken, maxBatch - 1);
                }
                for (SourceRow row : taken) {
                    if (row.key().text().isEmpty()) {
                        return;
                    }
                    came(number, row);
                }
                taken.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    void end() throws InterruptedException {
        for (Thread consumer : consumers) {
            // One after the other: who drains may take several at once.
            while (consumer.isAlive()) {
                queue.put(END);
                consumer.join(10);
            }
        }
    }
}
