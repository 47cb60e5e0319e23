package ch.tocco.lomigrate.lo;

/** Why an object could not be migrated. The row stays pending in every case. */
public enum FailureReason {
    MALFORMED_HASH("hash is not 40 hex digits"),
    INVALID_SIZE("size is NULL or negative"),
    INVALID_OID("oid is NULL, 0 or out of range"),
    MISSING("large object does not exist"),
    NO_PERMISSION("no permission to read the large object"),
    SIZE_MISMATCH("length differs from the row's size"),
    HASH_MISMATCH("SHA-1 differs from the row's hash"),
    UNREADABLE("large object cannot be read"),
    SPILL("cannot be spilled to disk"),
    REFUSED("store refused the object"),
    UNAVAILABLE("store could not take the object"),
    CORRUPTED("store did not receive what was sent"),
    NOT_COMMITTED("hash could not be written"),
    CONFLICT("row was given another hash meanwhile");

    private final String text;

    FailureReason(String text) {
        this.text = text;
    }

    /** The reason in a few words, for the display and the log. */
    public String text() {
        return text;
    }
}
