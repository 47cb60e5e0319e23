package ch.tocco.lomigrate.books;

/**
 * How far the run is, in rows of the table. Each row counts once, also if it was listed twice because an update moved it, or
 * if it shares key and oid with another row. Not an atomic cut, but no unsettled row appears settled.
 *
 * @param totals the counts of the table; null until it was counted
 * @param migrated rows that have got their SHA-256 in this run
 * @param underWay rows that were listed and are not settled, those that wait for a second try included
 * @param failed rows that failed
 * @param discarded rows that were listed but not done when the run ended
 * @param vanished rows that were gone, or named another object, when the committer wanted to write their SHA-256
 */
public record Progress(
        Counters.Totals totals, long migrated, long underWay, long failed, long discarded, long vanished) {
    /** Rows of the table: the counted ones, and later ones that were listed. Call it only once the table was counted. */
    public long rows() {
        return Math.max(totals.rows(), totals.migratedBefore() + migrated + underWay + failed + discarded);
    }

    /** Rows that have their SHA-256. Call it only once the table was counted. */
    public long migratedInAll() {
        return totals.migratedBefore() + migrated;
    }

    /** Rows that were pending when this run began, and later ones that were listed. Call it only once the table was counted. */
    public long toDo() {
        return rows() - totals.migratedBefore();
    }

    /** Rows that are left to do: 0 only if nothing is under way. Call it only once the table was counted. */
    public long left() {
        return Math.max(underWay, toDo() - migrated - failed - discarded - vanished);
    }
}
