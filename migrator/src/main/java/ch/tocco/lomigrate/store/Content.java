package ch.tocco.lomigrate.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The bytes of one request, which stay what they are until it has ended. May be read several times, by one thread at a
 * time.
 */
public interface Content {
    /** How many bytes there are. */
    long length();

    /**
     * Reads on from {@code position}: as many bytes as {@code into} has room for, or all that are left.
     *
     * @throws IOException also where the bytes end too soon
     */
    void read(long position, ByteBuffer into) throws IOException;

    /** An array, not copied. */
    static Content of(byte[] bytes) {
        return new Content() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public void read(long position, ByteBuffer into) {
                int from = Math.toIntExact(position);
                into.put(bytes, from, Math.min(into.remaining(), bytes.length - from));
            }
        };
    }

    /** A range of a file that stays open for as long. */
    static Content of(FileChannel file, long offset, long length) {
        return new Content() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public void read(long position, ByteBuffer into) throws IOException {
                int limit = into.limit();
                into.limit((int) Math.min(limit, into.position() + length - position));
                long next = offset + position;
                while (into.hasRemaining()) {
                    int count = file.read(into, next);
                    if (count < 0) {
                        throw new EOFException("the file ends at " + next + " bytes");
                    }
                    next += count;
                }
                into.limit(limit);
            }
        };
    }
}
