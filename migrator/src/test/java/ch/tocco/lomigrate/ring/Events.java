package ch.tocco.lomigrate.ring;

import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.lo.SourceRow;

/** Makes events for rings and tells them apart again: an event's number is its oid, and its hash follows from it. */
final class Events {
    private Events() {}

    /** An event of no weight. */
    static LoEvent numbered(long number) {
        return sized(number, 0);
    }

    static LoEvent sized(long number, long size) {
        LoEvent event = new LoEvent();
        event.listed(Rows.of(hash(number), size, null, number));
        return event;
    }

    /** The number of an event whose content is intact; fails if it is not. */
    static long number(LoEvent event) {
        SourceRow row = event.row();
        if (!row.key().text().equals(hash(Rows.oid(row)))) {
            throw new AssertionError("content is not of one event: " + row);
        }
        return Rows.oid(row);
    }

    static String hash(long number) {
        String digits = Long.toHexString(number * 0x9E37_79B9_7F4A_7C15L);
        return "0".repeat(40 - digits.length()) + digits;
    }
}
