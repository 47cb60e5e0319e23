package ch.tocco.lomigrate.receiver;

import java.io.IOException;

/** Where spill files are made. Thread-safe. */
public interface SpillFiles {
    /** A new, empty file that only this user may read. */
    SpillWriter newFile() throws IOException;

    /** Bytes that are free where the files go. */
    long freeBytes() throws IOException;

    /** False once another process has removed the directory: no file can be written there. */
    boolean isThere();
}
