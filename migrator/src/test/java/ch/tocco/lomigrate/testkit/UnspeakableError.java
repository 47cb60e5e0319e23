package ch.tocco.lomigrate.testkit;

/** An error that fails once more where it is logged: as when the memory that was used up is so still. */
public final class UnspeakableError extends Error {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
        throw new OutOfMemoryError("injected: no memory for a message");
    }

    @Override
    public String toString() {
        throw new OutOfMemoryError("injected: no memory for words");
    }
}
