package ch.tocco.lomigrate.lo;

/**
 * Where the bytes of a row are. Its order is one that all threads agree on, so that committers lock rows alike.
 */
public sealed interface RowContent extends Comparable<RowContent> {
    /** In decimal, for the list of failures and for programs. */
    String reference();

    /** For people: what it is, and its {@link #reference}. */
    String label();

    /**
     * A large object.
     *
     * @param oid 1 to {@value #MAX_OID}
     */
    record LargeObject(long oid) implements RowContent {
        public static final long MAX_OID = 0xFFFF_FFFFL;

        public LargeObject {
            if (!isOid(oid)) {
                throw new IllegalArgumentException("oid " + oid);
            }
        }

        /** Whether a large object can have this number. */
        public static boolean isOid(long number) {
            return number >= 1 && number <= MAX_OID;
        }

        @Override
        public String reference() {
            return Long.toString(oid);
        }

        @Override
        public String label() {
            return "oid " + oid;
        }

        @Override
        public int compareTo(RowContent other) {
            return Long.compare(oid, ((LargeObject) other).oid);
        }
    }
}
