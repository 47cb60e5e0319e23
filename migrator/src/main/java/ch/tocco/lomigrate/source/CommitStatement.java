package ch.tocco.lomigrate.source;

import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import ch.tocco.lomigrate.lo.SourceRow.Identity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.IntConsumer;
import org.postgresql.PGConnection;

/**
 * Executes {@link SourceSql#commit} and its kin: the one place that binds their parameters, so that what a check tries is
 * what a run does.
 */
public final class CommitStatement {
    private CommitStatement() {}

    /**
     * Sets hashes.
     *
     * @param query {@link SourceSql#commit} or {@link SourceSql#commitUnlocked}, or {@link SourceSql#unlocked} for those
     *     that could be
     * @param rows as they were listed, no two the same
     * @param sha256s for the same rows
     * @param updated gets the position of the row, from 0, for each row that has the hash now: several times where rows share
     *     hash and oid
     */
    public static void execute(
            Connection connection, String query, List<Identity> rows, String[] sha256s, IntConsumer updated)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            setRows(connection, statement, rows);
            statement.setArray(3, connection.createArrayOf("bpchar", sha256s));
            try (ResultSet positions = statement.executeQuery()) {
                while (positions.next()) {
                    int position = positions.getInt(1);
                    if (position > 0) { // else a trigger has discarded the hash
                        updated.accept(position - 1);
                    }
                }
            }
        }
    }

    /** Sets the first two parameters of a statement about certain rows: their keys and their oids. */
    public static void setRows(Connection connection, PreparedStatement statement, List<Identity> rows)
            throws SQLException {
        String[] hashes = rows.stream().map(row -> row.key().values().get(0)).toArray(String[]::new);
        long[] oids = rows.stream()
                .mapToLong(row -> ((LargeObject) row.content()).oid())
                .toArray();
        statement.setArray(1, connection.createArrayOf("bpchar", hashes));
        statement.setArray(2, connection.unwrap(PGConnection.class).createArrayOf("int8", oids));
    }
}
