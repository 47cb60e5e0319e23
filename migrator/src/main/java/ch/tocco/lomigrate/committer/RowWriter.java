package ch.tocco.lomigrate.committer;

import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.postgres.LockTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/** The statements of a commit: they record that objects are safe, or ask what became of rows that were not updated. */
interface RowWriter {
    /**
     * Writes the rows that are still as they were listed and pending, in one transaction.
     *
     * @param events no two of the same row, in the order of their keys
     * @param updated is told for which of the events rows were updated
     */
    void update(Connection connection, List<LoEvent> events, UpdatedRows updated)
            throws SQLException, LockTimeoutException;

    /** The same for those of the rows that no other transaction has locked: it waits for no row. */
    void updateUnlocked(Connection connection, List<LoEvent> events, UpdatedRows updated)
            throws SQLException, LockTimeoutException;

    /** Positions in {@code events} of pending rows that no other transaction has locked at the moment. */
    BitSet unlocked(Connection connection, List<LoEvent> events) throws SQLException, LockTimeoutException;

    /**
     * Looks rows up again.
     *
     * @return by position in {@code events}: "" for a row that is pending, its own SHA-256 for one that is done, something
     *     else for one that another writer has set; no entry for a row that is no longer there
     */
    Map<Integer, String> lookUp(Connection connection, List<LoEvent> events) throws SQLException, LockTimeoutException;
}
