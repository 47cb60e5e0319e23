package ch.tocco.lomigrate.store;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.Suspicion;
import ch.tocco.lomigrate.lo.FailureReason;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;

/** A request to the store failed. Says which kind of failure it is; the message is one line without secrets. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Where an exception's message is another exception as text. */
    private static final Pattern CLASS_NAME = Pattern.compile("^(?:\\w+\\.){2,}\\w*(?:Exception|Error): ");

    private final FaultKind kind;
    private final FailureReason reason;
    private final WorthTrying worthTrying;
    private final Answer answer;

    /** What may go through though this did not. */
    public enum WorthTrying {
        NOTHING_ELSE,
        /** A reachable store may give one object this answer at every try. */
        ANOTHER_OBJECT,
        /** The same bytes in several requests. */
        SMALLER_REQUESTS,
        /** The same, together with a checksum, see {@link ObjectStore#sendChecksums}. */
        WITH_CHECKSUM,
        /**
         * Anything else: what is on the way to the store, a firewall for example, may refuse what this one object holds.
         * Where a probe is refused too, the answer is for all.
         */
        PROBE_AT_ONCE
    }

    /**
     * What the store answered.
     *
     * @param status of the answer; 0: there was none
     * @param code of the error; empty: the answer has none. Without an answer: what the client says
     */
    public record Answer(int status, String code) {
        /** There was no answer. */
        public static final Answer NONE = new Answer(0, "");

        /** There was none, as client and server did not agree on TLS. */
        public static final Answer NO_TLS = new Answer(0, "no TLS");

        /** There was none, as the client found no keys to sign with. */
        public static final Answer NO_CREDENTIALS = new Answer(0, "no credentials");

        /** There was none, as the role that is to be taken gave no keys. */
        public static final Answer NO_ROLE = new Answer(0, "no role");

        /** What was answered, in words that no server chooses. */
        public String words() {
            return status == 0 ? "no answer" : "HTTP " + status;
        }

        /** Whether an S3 server has said it. */
        public boolean isOfTheStore() {
            return status > 0 && !code.isEmpty();
        }
    }

    public StoreException(FaultKind kind, FailureReason reason, String message, Throwable cause) {
        this(kind, reason, WorthTrying.NOTHING_ELSE, Answer.NONE, message, cause);
    }

    public StoreException(
            FaultKind kind,
            FailureReason reason,
            WorthTrying worthTrying,
            Answer answer,
            String message,
            Throwable cause) {
        super(message, cause);
        this.answer = answer;
        this.kind = kind;
        this.reason = reason;
        this.worthTrying = worthTrying;
    }

    /**
     * What a request ended with that an {@link ObjectStore} sent: its own failure, which says all, or what became of it on
     * this side.
     *
     * @param operation which request, for the message
     */
    public static StoreException of(String operation, Throwable thrown) {
        Throwable e = unwrapped(thrown);
        if (e instanceof StoreException known) {
            return known;
        }
        if (e instanceof CancellationException) {
            return new StoreException(FaultKind.PASSING, FailureReason.UNAVAILABLE, operation + " was cancelled", e);
        }
        if (e instanceof Error) {
            // An error of this JVM, not of the object or the store: the run can no longer be trusted.
            String message = operation + ": " + (e instanceof OutOfMemoryError own ? RunAborted.advice(own) : e);
            return new StoreException(FaultKind.RUN, FailureReason.REFUSED, message, e);
        }
        if (e instanceof RuntimeException) {
            return new StoreException(FaultKind.OBJECT, FailureReason.REFUSED, operation + ": " + e, e);
        }
        return unanswered(operation, Answer.NONE, e);
    }

    /** No answer came, for a reason that may pass. */
    public static StoreException unanswered(String operation, Answer none, Throwable e) {
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
        // and without the full stop of the client's sentences: what to do may follow
        String text = CLASS_NAME.matcher(line).replaceFirst("").replaceFirst("\\.$", "");
        return new StoreException(
                FaultKind.PASSING,
                FailureReason.UNAVAILABLE,
                WorthTrying.NOTHING_ELSE,
                none,
                operation + ": " + text,
                e);
    }

    /** What futures have wrapped. */
    public static Throwable unwrapped(Throwable thrown) {
        Throwable e = thrown;
        while ((e instanceof CompletionException || e instanceof ExecutionException) && e.getCause() != null) {
            e = e.getCause();
        }
        return e;
    }

    public WorthTrying worthTrying() {
        return worthTrying;
    }

    /** What the store answered, as far as anything did. */
    public Answer answer() {
        return answer;
    }

    /** The same failure, once it is known that only this object gets it. */
    public StoreException ofThisObject() {
        return new StoreException(
                FaultKind.OBJECT, FailureReason.REFUSED, WorthTrying.NOTHING_ELSE, answer, getMessage(), this);
    }

    public FaultKind kind() {
        return kind;
    }

    /** Of a passing failure: whether it is the object's doing. */
    public Suspicion suspicion() {
        if (reason == FailureReason.CORRUPTED) {
            // The store is reachable and looked at the bytes: others need not wait, and trying again would not help.
            return Suspicion.THIS;
        }
        return worthTrying == WorthTrying.ANOTHER_OBJECT ? Suspicion.PERHAPS_THIS : Suspicion.NONE;
    }

    /** How an object is reported that cannot be stored because of this. */
    public FailureReason reason() {
        return reason;
    }
}
