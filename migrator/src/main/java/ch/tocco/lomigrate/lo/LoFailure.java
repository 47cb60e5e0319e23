package ch.tocco.lomigrate.lo;

import static java.util.Objects.requireNonNull;

/**
 * One object that could not be migrated, as it is reported.
 *
 * @param reason the class of failure
 * @param hash the row's key as listed, null where the table has NULL
 * @param oid the row's content, see {@link RowContent#reference}; null where the table has NULL
 * @param size the row's size as listed; null where the table has NULL or no size is given
 * @param message operation and numbers, one line, free of control characters
 */
public record LoFailure(FailureReason reason, String hash, String oid, Long size, String message) {
    public LoFailure {
        requireNonNull(reason);
        message = printable(message);
    }

    public static LoFailure of(SourceRow row, FailureReason reason, String message) {
        Long size = row.size().isKnown() ? row.size().bytes() : null;
        return new LoFailure(reason, row.key().text(), row.content().reference(), size, message);
    }

    LoFailure(FailureReason reason, String hash, String oid, String message) {
        this(reason, hash, oid, null, message);
    }

    /** What tells this row from others, also for rows whose key is not one. */
    public String identity() {
        return identity(hash, oid);
    }

    public static String identity(String hash, String oid) {
        return hash + '/' + oid;
    }

    @Override
    public String toString() {
        String content = oid != null && oid.startsWith("row") ? oid : "oid " + oid;
        return reason + " " + content + ", hash " + (hash == null ? null : printable(hash.strip())) + ": " + message;
    }

    /** Database content must not be able to forge a log line: control characters become {@code \}{@code uXXXX}. */
    private static String printable(String text) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.chars().forEach(c -> {
            if (Character.isISOControl(c)) {
                out.append(String.format("\\u%04x", c));
            } else {
                out.append((char) c);
            }
        });
        return out.toString();
    }
}
