package ch.tocco.lomigrate.testkit.data;

import java.io.InputStream;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Pseudo-random bytes of any length that depend on the seed only, made as they are read. Not thread-safe, like any
 * stream.
 */
public final class GeneratedContent extends InputStream {
    private final SplittableRandom random;
    private final byte[] block = new byte[8192];
    private long remaining;
    private int position = block.length;

    public GeneratedContent(long seed, long size) {
        random = new SplittableRandom(seed);
        remaining = size;
    }

    /** The whole content, for objects that fit into memory. */
    public static byte[] bytes(long seed, int size) {
        byte[] content = new byte[size];
        var stream = new GeneratedContent(seed, size);
        int read = stream.read(content, 0, size);
        if (read != size && size > 0) {
            throw new IllegalStateException("read " + read + " of " + size);
        }
        return content;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (remaining == 0) {
            return length == 0 ? 0 : -1;
        }
        int wanted = (int) Math.min(length, remaining);
        int done = 0;
        while (done < wanted) {
            done += copy(target, offset + done, wanted - done);
        }
        remaining -= done;
        return done;
    }

    private int copy(byte[] target, int offset, int length) {
        if (position == block.length) {
            random.nextBytes(block);
            position = 0;
        }
        int count = Math.min(length, block.length - position);
        System.arraycopy(block, position, target, offset, count);
        position += count;
        return count;
    }
}
