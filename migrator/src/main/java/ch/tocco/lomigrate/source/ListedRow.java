package ch.tocco.lomigrate.source;

import ch.tocco.lomigrate.lo.Checksum;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoFailure;
import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import ch.tocco.lomigrate.lo.RowKey;
import ch.tocco.lomigrate.lo.Size;
import ch.tocco.lomigrate.lo.SourceRow;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A pending row with whatever values it has.
 *
 * @param hash as the table has it, or null
 * @param size as the table has it, or null
 * @param mimeType as the table has it, or null
 * @param oid as the table has it, or null
 */
public record ListedRow(String hash, Long size, String mimeType, Long oid) {
    private static final int SHA1_DIGITS = 40;

    /** From a row of one of the listing statements of {@link SourceSql}. */
    static ListedRow of(ResultSet row) throws SQLException {
        return new ListedRow(
                text(row.getBytes(1)), (Long) row.getObject(2), text(row.getBytes(3)), (Long) row.getObject(4));
    }

    /** A character per byte: what is not ASCII is malformed or unknown, whatever the database's encoding makes of it. */
    private static String text(byte[] stored) {
        return stored == null ? null : new String(stored, StandardCharsets.ISO_8859_1);
    }

    /** The hash as it is stored. */
    byte[] storedHash() {
        return hash.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What is wrong with the row, so that it must not reach a batch; empty for a row that can be true. */
    public Optional<LoFailure> malformed() {
        if (hash == null || !isSha1(hash)) {
            return failure(
                    FailureReason.MALFORMED_HASH,
                    "hash is '" + String.valueOf(hash).strip() + "', wanted 40 hex digits");
        }
        if (size == null || size < 0) {
            return failure(FailureReason.INVALID_SIZE, "size is " + size + ", wanted 0 or more");
        }
        if (oid == null || !LargeObject.isOid(oid)) {
            return failure(FailureReason.INVALID_OID, "oid is " + oid + ", wanted 1 to " + LargeObject.MAX_OID);
        }
        return Optional.empty();
    }

    private static boolean isSha1(String text) {
        if (text.length() != SHA1_DIGITS) {
            return false;
        }
        for (int i = 0; i < SHA1_DIGITS; i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** The row, once {@link #malformed} found nothing. */
    public SourceRow row() {
        Checksum expected = new Checksum(Checksum.Algorithm.SHA1, hash);
        return new SourceRow(
                RowKey.of(hash), Optional.of(expected), Size.declared(size), mimeType, new LargeObject(oid));
    }

    /** The oid for the list of failures; null where the row has none. */
    public String oidText() {
        return oid == null ? null : oid.toString();
    }

    private Optional<LoFailure> failure(FailureReason reason, String message) {
        return Optional.of(new LoFailure(reason, hash, oidText(), size, message));
    }
}
