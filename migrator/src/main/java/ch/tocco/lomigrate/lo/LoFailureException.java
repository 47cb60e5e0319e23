package ch.tocco.lomigrate.lo;

import static java.util.Objects.requireNonNull;

/** This object cannot be migrated; the run goes on. Carries no stack trace of interest, only reason and message. */
public final class LoFailureException extends Exception {
    private static final long serialVersionUID = 1L;

    private final FailureReason reason;

    public LoFailureException(FailureReason reason, String message) {
        this(reason, message, null);
    }

    public LoFailureException(FailureReason reason, String message, Throwable cause) {
        super(requireNonNull(message), cause);
        this.reason = requireNonNull(reason);
    }

    public FailureReason reason() {
        return reason;
    }
}
