package ch.tocco.lomigrate.ring;

import ch.tocco.lomigrate.lo.LoEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** A worker that notes which events it got, in which batches. Tests override what is special. */
class StubWorker implements Worker {
    final List<List<Long>> batches = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch idled = new CountDownLatch(1);
    final CountDownLatch finished = new CountDownLatch(1);
    private final LoEvent[] own;

    StubWorker(int maxBatch) {
        own = Stream.generate(LoEvent::new).limit(maxBatch).toArray(LoEvent[]::new);
    }

    @Override
    public int ready(LoEvent[] into) throws InterruptedException {
        System.arraycopy(own, 0, into, 0, own.length);
        return own.length;
    }

    @Override
    public void work(LoEvent[] events, int count) throws InterruptedException {
        List<Long> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.add(Events.number(events[i]));
            events[i].clear();
        }
        batches.add(batch);
    }

    @Override
    public void idle() {
        idled.countDown();
    }

    @Override
    public void finish() throws InterruptedException {
        finished.countDown();
    }

    /** The numbers of all events, in the order in which they were worked on. */
    List<Long> numbers() {
        synchronized (batches) {
            return batches.stream().flatMap(List::stream).toList();
        }
    }

    static List<Long> numbers(List<? extends StubWorker> workers) {
        return workers.stream().flatMap(worker -> worker.numbers().stream()).toList();
    }

    static List<Long> oneTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
