package ch.tocco.lomigrate.benchmarks.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;

/** Bytes under way in one direction, in order, each with the time of its arrival. One thread fills, another drains. */
final class DelayLine {
    private static final int READ_BUFFER = 64 << 10;

    /** Pieces under way: enough for hundreds of MB/s at some milliseconds, and a bound where the receiver is slow. */
    private static final int PIECES = 1024;

    private static final Piece END = new Piece(new byte[0], 0);

    private final BlockingQueue<Piece> underWay = new ArrayBlockingQueue<>(PIECES);
    private final long delayNanos;

    DelayLine(Duration delay) {
        this.delayNanos = delay.toNanos();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Piece(byte[] bytes, long due) {
        boolean isEnd() {
            return bytes.length == 0;
        }
    }

    /** Reads to the end of the stream. */
    void fill(InputStream from) throws IOException, InterruptedException {
        byte[] buffer = new byte[READ_BUFFER];
        try {
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                underWay.put(new Piece(Arrays.copyOf(buffer, count), System.nanoTime() + delayNanos));
            }
        } finally {
            underWay.put(END);
        }
    }

    /** Writes each piece when it is due; returns after the last one. */
    void drainTo(OutputStream to) throws IOException, InterruptedException {
        for (Piece piece = underWay.take(); !piece.isEnd(); piece = underWay.take()) {
            awaitTime(piece.due());
            to.write(piece.bytes());
        }
    }

    private static void awaitTime(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
