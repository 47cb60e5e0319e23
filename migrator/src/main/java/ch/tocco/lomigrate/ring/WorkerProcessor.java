package ch.tocco.lomigrate.ring;

import ch.tocco.lomigrate.lo.LoEvent;
import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.EventProcessor;
import com.lmax.disruptor.Sequence;
import java.util.function.Consumer;

/**
 * Runs one {@link Worker}: takes batches of slots until it meets an end marker. A worker that throws does not end the
 * thread: the error is reported, and the worker goes on emptying the ring.
 */
final class WorkerProcessor implements EventProcessor {
    private final Worker worker;
    private final BatchTaker taker;
    private final Sequence gate;
    private final LoEvent[] events;
    private final ErrorSink errors;
    private final Step step = this::step;
    private final Step finish;
    private volatile boolean running = true;
    private boolean ended;

    WorkerProcessor(Worker worker, BatchTaker taker, Sequence gate, int maxBatch, Consumer<Throwable> onError) {
        this.worker = worker;
        this.taker = taker;
        this.gate = gate;
        this.events = new LoEvent[maxBatch];
        this.errors = new ErrorSink(onError);
        this.finish = worker::finish;
    }

    @Override
    public void run() {
        while (!ended && running) {
            guarded(step);
        }
        guarded(finish);
        running = false;
    }

    private void step() throws InterruptedException {
        int ready = worker.ready(events);
        requireEmpty(ready);
        int taken;
        try {
            taken = taker.take(events, ready);
        } catch (AlertException halted) {
            return;
        }
        if (taken > 0 && events[taken - 1].isEnd()) {
            events[--taken].clear();
            ended = true;
        }
        if (taken > 0) {
            worker.work(events, taken);
        } else if (!ended) {
            worker.idle();
        }
    }

    /**
     * What a worker left in its events when it threw is lost to the run, which the error says; but moving a batch into
     * them would fail half-way, and with it the slots and the end marker would be lost too.
     */
    private void requireEmpty(int ready) {
        for (int i = 0; i < ready; i++) {
            if (!events[i].isEmpty()) {
                try {
                    errors.tell(new IllegalStateException("worker left behind " + events[i].row()));
                } finally {
                    events[i].clear();
                }
            }
        }
    }

    /** Steps are made beforehand: making one can fail as well. */
    private void guarded(Step guardedStep) {
        try {
            guardedStep.run();
        } catch (Throwable e) {
            // Also an interrupt: no code interrupts a worker on purpose, and it must still meet its end marker.
            errors.tell(e);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws InterruptedException;
    }

    @Override
    public Sequence getSequence() {
        return gate;
    }

    @Override
    public void halt() {
        running = false;
        taker.alert();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
