package ch.tocco.lomigrate.testkit.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Large objects of any size over one connection, written and read in chunks of plain SQL. */
final class LargeObjects {
    private static final int CHUNK = 1 << 20;

    private final Connection connection;

    /** The caller closes the connection, and commits. */
    LargeObjects(Connection connection) {
        this.connection = connection;
    }

    /** Makes an object of these bytes, which are read to their end, and returns its oid. */
    long create(InputStream content) throws SQLException {
        try (var create = connection.createStatement();
                var row = create.executeQuery("SELECT lo_creat(-1)")) {
            row.next();
            long oid = row.getLong(1);
            write(oid, content);
            return oid;
        }
    }

    private void write(long oid, InputStream content) throws SQLException {
        try (var put = connection.prepareStatement("SELECT lo_put(?::oid, ?, ?)")) {
            long offset = 0;
            for (byte[] chunk = content.readNBytes(CHUNK); chunk.length > 0; chunk = content.readNBytes(CHUNK)) {
                put.setLong(1, oid);
                put.setLong(2, offset);
                put.setBytes(3, chunk);
                put.execute();
                offset += chunk.length;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Length and hashes of every object in the database, by oid. */
    Map<Long, Digests> digests() throws SQLException {
        var all = new HashMap<Long, Digests>();
        try (var list = connection.createStatement();
                var oids = list.executeQuery("SELECT oid FROM pg_largeobject_metadata ORDER BY oid");
                var get = connection.prepareStatement("SELECT lo_get(?::oid, ?, " + CHUNK + ")")) {
            while (oids.next()) {
                long oid = oids.getLong(1);
                all.put(oid, Digests.of(new ChunkedObject(get, oid)));
            }
        } catch (IOException e) {
            throw new SQLException("cannot read a large object", e);
        }
        return all;
    }

    /** The bytes of one object. */
    private static final class ChunkedObject extends InputStream {
        private final PreparedStatement get;
        private final long oid;
        private long offset;
        private byte[] chunk = {};
        private int position;

        ChunkedObject(PreparedStatement get, long oid) {
            this.get = get;
            this.oid = oid;
        }

        @Override
        public int read() throws IOException {
            return more() ? chunk[position++] & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            if (!more()) {
                return -1;
            }
            int count = Math.min(length, chunk.length - position);
            System.arraycopy(chunk, position, target, from, count);
            position += count;
            return count;
        }

        private boolean more() throws IOException {
            if (position == chunk.length) {
                fetch();
            }
            return position < chunk.length;
        }

        private void fetch() throws IOException {
            try {
                get.setLong(1, oid);
                get.setLong(2, offset);
                try (var row = get.executeQuery()) {
                    row.next();
                    chunk = row.getBytes(1);
                }
            } catch (SQLException e) {
                throw new IOException(e);
            }
            offset += chunk.length;
            position = 0;
        }
    }
}
