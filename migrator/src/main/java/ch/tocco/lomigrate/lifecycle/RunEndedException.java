package ch.tocco.lomigrate.lifecycle;

/** The run ended while something was waited for. What was to be done is not begun; its rows stay pending. */
public final class RunEndedException extends Exception {
    private static final long serialVersionUID = 1L;

    public RunEndedException(String waitedFor) {
        super("the run ended while waiting for " + waitedFor, null, false, false);
    }
}
