package ch.tocco.lomigrate.benchmarks.read;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

/**
 * Reads a large object as the predecessor does: in a transaction of its own it is opened, read in pieces, and closed,
 * each by a round trip. For one thread.
 */
public final class PredecessorReader {
    private static final int PIECE = 8192;

    private final Connection connection;
    private final byte[] piece = new byte[PIECE];

    /**
     * Makes a reader.
     *
     * @param connection left with autocommit on
     */
    public PredecessorReader(Connection connection) {
        this.connection = connection;
    }

    /** The object's bytes. */
    public byte[] read(long oid) throws SQLException, IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream(PIECE);
        read(oid, content);
        return content.toByteArray();
    }

    /** Writes the object's bytes as they come. */
    public void read(long oid, OutputStream content) throws SQLException, IOException {
        connection.setAutoCommit(false);
        LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
        LargeObject object = objects.open(oid, LargeObjectManager.READ);
        int count;
        do {
            count = object.read(piece, 0, PIECE);
            content.write(piece, 0, Math.max(0, count));
        } while (count == PIECE);
        object.close();
        connection.commit();
        connection.setAutoCommit(true);
    }
}
