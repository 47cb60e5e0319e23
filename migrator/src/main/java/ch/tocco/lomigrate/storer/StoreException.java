package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.control.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;

/** A request to the store failed. Says which kind of failure it is; the message is one line without secrets. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1L;

    private final FaultKind kind;
    private final FailureReason reason;
    private final boolean suspicious;

    public StoreException(FaultKind kind, FailureReason reason, String message, Throwable cause) {
        this(kind, reason, false, message, cause);
    }

    StoreException(FaultKind kind, FailureReason reason, boolean suspicious, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.reason = reason;
        this.suspicious = suspicious;
    }

    /** Whether a store that is there may answer this to one object for ever: then it is worth asking with another. */
    boolean isSuspicious() {
        return suspicious;
    }

    public FaultKind kind() {
        return kind;
    }

    /** How an object is reported that cannot be stored because of this. */
    public FailureReason reason() {
        return reason;
    }
}
