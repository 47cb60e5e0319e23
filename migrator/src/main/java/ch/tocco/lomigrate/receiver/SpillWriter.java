package ch.tocco.lomigrate.receiver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A spill file that is being written. For one thread. */
public final class SpillWriter implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    SpillWriter(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    Path file() {
        return file;
    }

    /** Forgets what was written so far. */
    void restart() throws IOException {
        if (channel.position() > 0) {
            channel.truncate(0);
            channel.position(0);
        }
    }

    void write(byte[] bytes, int offset, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, count);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Ends writing; the file stays. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Ends writing and removes the file. */
    void discard() throws IOException {
        try (channel) {
            Files.deleteIfExists(file);
        }
    }
}
