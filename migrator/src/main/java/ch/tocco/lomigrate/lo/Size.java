package ch.tocco.lomigrate.lo;

/**
 * How long an object is, as far as that is known before it is read. What a row declares is checked against what is read.
 *
 * @param kind who says so
 * @param bytes at least 0; 0 where it is unknown
 */
public record Size(Kind kind, long bytes) {
    /** An unknown size. It takes no room in a budget, so an object that is read in spite of it fails. */
    public static final Size UNKNOWN = new Size(Kind.UNKNOWN, 0);

    /** Who says how long an object is. */
    public enum Kind {
        /** Its row. */
        DECLARED,
        /** PostgreSQL, when the row was listed. */
        MEASURED,
        /** No source gives it. */
        UNKNOWN
    }

    public Size {
        if (bytes < 0) {
            throw new IllegalArgumentException("size " + bytes);
        }
    }

    /** As the row says. */
    public static Size declared(long bytes) {
        return new Size(Kind.DECLARED, bytes);
    }

    /** As PostgreSQL says before the object is read. */
    public static Size measured(long bytes) {
        return new Size(Kind.MEASURED, bytes);
    }

    public boolean isKnown() {
        return kind != Kind.UNKNOWN;
    }
}
