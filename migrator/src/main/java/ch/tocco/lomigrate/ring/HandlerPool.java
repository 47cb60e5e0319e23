package ch.tocco.lomigrate.ring;

import ch.tocco.lomigrate.lo.LoEvent;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.ExceptionHandler;
import com.lmax.disruptor.Sequence;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** The handlers of one stage, each on a thread of its own: of n handlers each takes every n-th slot of one ring. */
public final class HandlerPool implements Stage {
    private final LoRing ring;
    private final CountDownLatch running;
    private boolean endPut;

    private HandlerPool(LoRing ring, CountDownLatch running) {
        this.ring = ring;
        this.running = running;
    }

    /**
     * Starts a thread for each handler.
     *
     * @param onError is told what a handler threw; the handler goes on
     */
    public static HandlerPool start(LoRing ring, List<? extends Handler> handlers, Consumer<Throwable> onError) {
        int stride = handlers.size();
        CountDownLatch running = new CountDownLatch(stride);
        ring.disruptor().setDefaultExceptionHandler(new Reporting(onError));
        Striped[] striped = new Striped[stride];
        for (int i = 0; i < stride; i++) {
            striped[i] = new Striped(handlers.get(i), i, stride, running, ring.room());
        }
        ring.disruptor().handleEventsWith(striped);
        ring.disruptor().start();
        return new HandlerPool(ring, running);
    }

    @Override
    public void drain() throws InterruptedException {
        if (!endPut) {
            endPut = true;
            ring.putEnd();
        }
        running.await();
        ring.disruptor().halt();
        ring.join();
    }

    /** Sees every slot, touches only its own. The end marker belongs to no handler, so every handler meets it. */
    private static final class Striped implements EventHandler<LoEvent> {
        private final Handler handler;
        private final int index;
        private final int stride;
        private final CountDownLatch running;
        private final Room room;
        private Sequence done;
        private boolean finished;

        Striped(Handler handler, int index, int stride, CountDownLatch running, Room room) {
            this.handler = handler;
            this.index = index;
            this.stride = stride;
            this.running = running;
            this.room = room;
        }

        /** Lets this handler say how far it is: the library does so only later, and tells no producer of it. */
        @Override
        public void setSequenceCallback(Sequence own) {
            done = own;
        }

        @Override
        public void onEvent(LoEvent event, long sequence, boolean endOfBatch) throws InterruptedException {
            try {
                handle(event, sequence, endOfBatch);
            } finally {
                if (endOfBatch) {
                    done.set(sequence);
                    room.made();
                }
            }
        }

        private void handle(LoEvent event, long sequence, boolean endOfBatch) throws InterruptedException {
            if (event.isEnd()) {
                finish();
                return;
            }
            if (sequence % stride == index) {
                take(event);
            }
            if (endOfBatch) {
                handler.endOfBatch();
            }
        }

        private void take(LoEvent event) throws InterruptedException {
            try {
                handler.take(event);
            } finally {
                event.clear(); // has been emptied unless the handler threw; the slot must be reusable either way
            }
        }

        private void finish() throws InterruptedException {
            finished = true;
            try {
                handler.finish();
            } finally {
                running.countDown();
            }
        }

        @Override
        public void onTimeout(long sequence) throws Exception {
            if (!finished) {
                handler.idle();
            }
        }
    }

    /** Errors go to the run, and the handler's thread goes on. */
    private static final class Reporting implements ExceptionHandler<LoEvent> {
        private final ErrorSink errors;

        Reporting(Consumer<Throwable> onError) {
            this.errors = new ErrorSink(onError);
        }

        @Override
        public void handleEventException(Throwable e, long sequence, LoEvent event) {
            errors.tell(e);
        }

        @Override
        public void handleOnStartException(Throwable e) {
            errors.tell(e);
        }

        @Override
        public void handleOnShutdownException(Throwable e) {
            errors.tell(e);
        }
    }
}
