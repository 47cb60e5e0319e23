package ch.tocco.lomigrate.books;

/**
 * How far the run is, in rows of the table. Each counts once: one that was listed twice, because an update moved it, as
 * well as those that share hash and oid. Not one atomic cut, but nothing that was unsettled looks settled.
 *
 * @param totals what counting the table found; null until then
 * @param migrated rows that have got their SHA-256 in this run
 * @param underWay rows that were listed and are not settled, those that wait for a second try included
 * @param failed rows that failed
 * @param discarded rows that were listed but not done when the run ended
 * @param vanished rows that were gone, or named another object, when their hash was to be written
 */
public record Progress(
        Counters.Totals totals, long migrated, long underWay, long failed, long discarded, long vanished) {
    /** Rows of the table: those that were counted, and those that were listed beyond. Only once it was counted. */
    public long rows() {
        return Math.max(totals.rows(), totals.migratedBefore() + migrated + underWay + failed + discarded);
    }

    /** Rows that have their SHA-256. Only once the table was counted. */
    public long migratedInAll() {
        return totals.migratedBefore() + migrated;
    }

    /** Rows that this run had to do when it began, and those listed beyond. Only once the table was counted. */
    public long toDo() {
        return rows() - totals.migratedBefore();
    }

    /** Rows that are still to be done: 0 only if nothing is under way. Only once the table was counted. */
    public long left() {
        return Math.max(underWay, toDo() - migrated - failed - discarded - vanished);
    }
}
