package ch.tocco.lomigrate.lifecycle;

/** The run, or its finalizing, is refused before anything is changed. The message says why and what to do. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    public RefusedException(String message) {
        super(message);
    }

    public RefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
