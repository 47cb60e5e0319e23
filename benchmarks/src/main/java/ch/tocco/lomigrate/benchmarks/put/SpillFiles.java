package ch.tocco.lomigrate.benchmarks.put;

import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files as receivers leave them for giants, in a directory of their own; they stay in the page cache. */
final class SpillFiles implements AutoCloseable {
    private static final int BLOCK = 1 << 20;

    private final Path directory = Files.createTempDirectory("lo-migrate-bench-");
    private final List<Path> files = new ArrayList<>();

    /** Makes files of the same size. */
    SpillFiles(int count, int mib) throws IOException {
        byte[] block = GeneratedContent.bytes(1, BLOCK);
        for (int i = 0; i < count; i++) {
            Path file = directory.resolve("lo-" + i);
            try (OutputStream out = Files.newOutputStream(file)) {
                for (int written = 0; written < mib; written++) {
                    out.write(block);
                }
            }
            files.add(file);
        }
    }

    List<Path> files() {
        return files;
    }

    @Override
    public void close() throws IOException {
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(directory);
    }
}
