package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.control.RunEndedException;
import ch.tocco.lomigrate.lo.ByteBudget;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that read parts of spill files and send them. A part's bytes come from the memory budget. */
final class PartSender implements AutoCloseable {
    private final ByteBudget memory;
    private final ExecutorService threads;

    PartSender(ByteBudget memory, int threads) {
        this.memory = memory;
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(work, "part-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** What is done with a part's bytes, which may be used only until this returns. */
    @FunctionalInterface
    interface Send<T> {
        T send(byte[] bytes) throws StoreException, RunEndedException, InterruptedException;
    }

    /** Reads {@code length} bytes from {@code offset} on, and sends them, on a thread of its own. */
    <T> Future<T> submit(FileChannel file, long offset, int length, Send<T> send) {
        return threads.submit(() -> {
            if (!memory.take(length)) {
                throw new RunEndedException("memory for a part");
            }
            try {
                return send.send(read(file, offset, length));
            } finally {
                memory.giveBack(length);
            }
        });
    }

    private static byte[] read(FileChannel file, long offset, int length) throws IOException {
        ByteBuffer part = ByteBuffer.allocate(length);
        while (part.hasRemaining()) {
            if (file.read(part, offset + part.position()) < 0) {
                throw new EOFException("spill file ends at " + (offset + part.position()) + " bytes");
            }
        }
        return part.array();
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
