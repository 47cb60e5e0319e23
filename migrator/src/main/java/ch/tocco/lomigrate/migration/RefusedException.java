package ch.tocco.lomigrate.migration;

/** The run, or its finalizing, is refused before anything is changed. The message says why and what to do. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message);
    }

    RefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
