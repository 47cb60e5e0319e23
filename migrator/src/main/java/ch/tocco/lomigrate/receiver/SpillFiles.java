package ch.tocco.lomigrate.receiver;

import java.io.IOException;

/** Where spill files are made. Thread-safe. */
public interface SpillFiles {
    /** A new, empty file that only this user may read. */
    SpillWriter newFile() throws IOException;

    /** Bytes that are free where the files go. */
    long freeBytes() throws IOException;

    /** False once somebody has removed what the files go into: nothing can be written there any more. */
    boolean isThere();
}
