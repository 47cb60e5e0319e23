package ch.tocco.lomigrate.control;

/** The run cannot go on. The message is one line for the user: what was tried, what was answered, what to do. */
public final class RunAborted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What ended the run. */
    public enum Kind {
        /** A fault that waiting does not cure. */
        FAULT,
        /** A server stayed away for longer than the run waits. */
        OUTAGE
    }

    public RunAborted(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
