package ch.tocco.lomigrate.lifecycle;

/** The run cannot go on. The message is one line for the user: what was tried, what was answered, what to do. */
public final class RunAborted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What ended the run. */
    public enum Kind {
        /** A fault that waiting does not cure. */
        FAULT,
        /** A server stayed away for longer than the run waits. */
        OUTAGE,
        /** A limit was reached that the user has set: what has begun is finished, the rest waits for the next run. */
        LIMIT,
        /** Production was under critical load. */
        OVERLOAD
    }

    public RunAborted(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What to say where the heap was too small. */
    public static String advice(OutOfMemoryError e) {
        return "out of memory (" + e.getMessage() + "): raise --memory-budget, which the heap follows, or set"
                + " LO_MIGRATE_JAVA_OPTS=-Xmx…";
    }

    /** The report for an unexpected error, also for one that has no words. */
    static RunAborted because(String what, Throwable e) {
        if (e instanceof RunAborted known) {
            return known;
        }
        return new RunAborted(Kind.FAULT, e instanceof OutOfMemoryError own ? advice(own) : what + ": " + words(e), e);
    }

    private static String words(Throwable e) {
        try {
            return e.toString();
        } catch (Throwable wordless) {
            return e.getClass().getName();
        }
    }

    public Kind kind() {
        return kind;
    }
}
