package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.control.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;

/** A request to the store failed. Says which kind of failure it is; the message is one line without secrets. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1L;

    private final FaultKind kind;
    private final FailureReason reason;
    private final WorthTrying worthTrying;

    /** What may go through though this did not. */
    enum WorthTrying {
        NOTHING_ELSE,
        /** A store that is there may answer this to one object for ever. */
        ANOTHER_OBJECT,
        /** The same bytes in several requests. */
        SMALLER_REQUESTS
    }

    public StoreException(FaultKind kind, FailureReason reason, String message, Throwable cause) {
        this(kind, reason, WorthTrying.NOTHING_ELSE, message, cause);
    }

    StoreException(FaultKind kind, FailureReason reason, WorthTrying worthTrying, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.reason = reason;
        this.worthTrying = worthTrying;
    }

    WorthTrying worthTrying() {
        return worthTrying;
    }

    public FaultKind kind() {
        return kind;
    }

    /** How an object is reported that cannot be stored because of this. */
    public FailureReason reason() {
        return reason;
    }
}
