package ch.tocco.lomigrate.lo;

/** Why an object could not be migrated. The row stays pending in every case. */
public enum FailureReason {
    MALFORMED_HASH(Stage.OBSERVER, false, "hash is not 40 hex digits"),
    INVALID_SIZE(Stage.OBSERVER, false, "size is NULL or negative"),
    INVALID_OID(Stage.OBSERVER, false, "oid is NULL, 0 or out of range"),
    NO_CONTENT(Stage.OBSERVER, false, "content in the row is NULL"),
    INVALID_KEY(Stage.OBSERVER, false, "a column of the row's key is NULL"),
    AMBIGUOUS(Stage.OBSERVER, false, "the join gives several rows for one key"),
    EXPRESSION(Stage.OBSERVER, false, "an expression of the source fails for the row"),
    MISSING(Stage.RECEIVER, false, "large object does not exist"),
    NO_PERMISSION(Stage.RECEIVER, false, "no permission to read the large object"),
    SIZE_MISMATCH(Stage.RECEIVER, false, "length differs from the row's size"),
    HASH_MISMATCH(Stage.RECEIVER, false, "SHA-1 differs from the row's hash"),
    UNREADABLE(Stage.RECEIVER, true, "large object cannot be read"),
    UNSAFE_KEY(Stage.RECEIVER, false, "no safe object key can be made for it"),
    TOO_LARGE(Stage.RECEIVER, false, "does not fit the spill budget"),
    SPILL(Stage.RECEIVER, true, "cannot be spilled to disk"),
    REFUSED(Stage.STORER, false, "store refused the object"),
    KEY_TAKEN(Stage.STORER, false, "the bucket has other content under its object key"),
    UNAVAILABLE(Stage.STORER, true, "store could not take the object"),
    CORRUPTED(Stage.STORER, true, "store did not receive what was sent"),
    NOT_COMMITTED(Stage.COMMITTER, true, "hash could not be written"),
    CONFLICT(Stage.COMMITTER, false, "row was given another hash meanwhile");

    private final Stage stage;
    private final boolean mayPass;
    private final String text;

    /** Where in the pipeline an object fails. */
    public enum Stage {
        OBSERVER,
        RECEIVER,
        STORER,
        COMMITTER
    }

    FailureReason(Stage stage, boolean mayPass, String text) {
        this.stage = stage;
        this.mayPass = mayPass;
        this.text = text;
    }

    public Stage stage() {
        return stage;
    }

    /** Whether the cause may be gone at the end of the run, so that the object is tried once more then. */
    public boolean mayPass() {
        return mayPass;
    }

    /** The reason in a few words, for the display and the log. */
    public String text() {
        return text;
    }
}
