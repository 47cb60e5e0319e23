package ch.tocco.lomigrate.lo;

/**
 * Where the bytes of a row are. Its order is one that all threads agree on, so that committers lock rows alike.
 */
public sealed interface RowContent extends Comparable<RowContent> {
    /** For the list of failures and for programs: the number of a large object in decimal. */
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

    /**
     * A value of the row itself.
     *
     * @param version of the row as it was listed: it has another one after each update
     */
    record InRow(String version) implements RowContent {
        private static final String LABEL = "row version ";

        @Override
        public String reference() {
            return LABEL + version;
        }

        @Override
        public String label() {
            return reference();
        }

        @Override
        public int compareTo(RowContent other) {
            return version.compareTo(((InRow) other).version);
        }
    }
}
