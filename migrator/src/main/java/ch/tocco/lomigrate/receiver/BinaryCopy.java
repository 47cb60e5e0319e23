package ch.tocco.lomigrate.receiver;

import ch.tocco.lomigrate.postgres.SqlFaults;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;

/**
 * Takes apart a binary COPY of one bytea column (PostgreSQL documentation of COPY, "Binary Format"), however the server
 * cuts it into messages. Values are passed on without being copied. For one COPY and one thread.
 */
final class BinaryCopy {
    private static final byte[] SIGNATURE = "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int SIGNATURE_AND_FLAGS = SIGNATURE.length + Integer.BYTES;
    private static final int NULL_VALUE = -1;
    private static final short TRAILER = -1;

    /** Takes a piece of a value. */
    @FunctionalInterface
    interface Sink<X extends Exception> {
        void accept(byte[] bytes, int offset, int count) throws X;
    }

    private enum Expected {
        SIGNATURE,
        EXTENSION_LENGTH,
        EXTENSION,
        FIELD_COUNT,
        VALUE_LENGTH,
        VALUE,
        END
    }

    private final byte[] header = new byte[SIGNATURE_AND_FLAGS];
    private Expected expected = Expected.SIGNATURE;
    private int collected;
    private long left;

    /** One message of the COPY. */
    <X extends Exception> void message(byte[] message, Sink<X> sink) throws SQLException, X {
        int at = 0;
        while (at < message.length) {
            at = switch (expected) {
                case SIGNATURE -> collect(message, at, SIGNATURE_AND_FLAGS);
                case EXTENSION_LENGTH, VALUE_LENGTH -> collect(message, at, Integer.BYTES);
                case FIELD_COUNT -> collect(message, at, Short.BYTES);
                case EXTENSION -> skip(message, at);
                case VALUE -> value(message, at, sink);
                case END -> throw malformed("data after the trailer");
            };
        }
    }

    /** The server has ended the COPY. */
    void end() throws SQLException {
        if (expected != Expected.END) {
            throw malformed("ended where " + expected + " was expected");
        }
    }

    private int collect(byte[] message, int at, int wanted) throws SQLException {
        int count = Math.min(wanted - collected, message.length - at);
        System.arraycopy(message, at, header, collected, count);
        collected += count;
        if (collected == wanted) {
            collected = 0;
            headerComplete();
        }
        return at + count;
    }

    private void headerComplete() throws SQLException {
        switch (expected) {
            case SIGNATURE -> {
                if (!Arrays.equals(header, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
                    throw malformed("no signature");
                }
                expected = Expected.EXTENSION_LENGTH;
            }
            case EXTENSION_LENGTH -> {
                left = length();
                expected = left > 0 ? Expected.EXTENSION : Expected.FIELD_COUNT;
            }
            case FIELD_COUNT -> {
                short fields = (short) (((header[0] & 0xFF) << 8) | (header[1] & 0xFF));
                if (fields != TRAILER && fields != 1) {
                    throw malformed(fields + " columns");
                }
                expected = fields == TRAILER ? Expected.END : Expected.VALUE_LENGTH;
            }
            case VALUE_LENGTH -> {
                left = length();
                expected = left > 0 ? Expected.VALUE : Expected.FIELD_COUNT;
            }
            default -> throw new IllegalStateException(expected.toString());
        }
    }

    private int skip(byte[] message, int at) {
        int count = (int) Math.min(left, message.length - at);
        left -= count;
        if (left == 0) {
            expected = Expected.FIELD_COUNT;
        }
        return at + count;
    }

    private <X extends Exception> int value(byte[] message, int at, Sink<X> sink) throws X {
        int next = skip(message, at);
        sink.accept(message, at, next - at);
        return next;
    }

    private int length() throws SQLException {
        int length = (header[0] << 24) | ((header[1] & 0xFF) << 16) | ((header[2] & 0xFF) << 8) | (header[3] & 0xFF);
        if (length == NULL_VALUE) {
            throw SqlFaults.State.UNDEFINED_OBJECT.of("there is no such content");
        }
        if (length < 0) {
            throw malformed("length " + length);
        }
        return length;
    }

    private static SQLException malformed(String what) {
        return SqlFaults.State.PROTOCOL_VIOLATION.of("malformed binary COPY: " + what);
    }
}
