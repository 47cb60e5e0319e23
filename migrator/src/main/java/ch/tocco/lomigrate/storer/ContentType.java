package ch.tocco.lomigrate.storer;

/** What becomes of the table's MIME types. */
public final class ContentType {
    /** For content of unknown type (RFC 2046, 4.5.1); also what the SDK sends for an empty one. */
    static final String UNKNOWN = "application/octet-stream";

    private ContentType() {}

    /**
     * The MIME type as it is, without blanks at the ends, and with one for several in a row: signature version 4 covers it
     * like that, and a store that signs what it has got would refuse another. {@link #UNKNOWN} if it is missing or cannot be
     * the value of a header: control characters would break the request, and what becomes of non-ASCII is up to each server.
     */
    public static String of(String mimeType) {
        if (mimeType == null || mimeType.isBlank() || !isPrintableAscii(mimeType)) {
            return UNKNOWN;
        }
        String stripped = mimeType.strip();
        return stripped.contains("  ") ? stripped.replaceAll(" {2,}", " ") : stripped;
    }

    private static boolean isPrintableAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }
}
