package ch.tocco.lomigrate.benchmarks.read;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Large objects for reading: as many of one size as were asked for, made once and then kept in the database. */
final class StoredObjects {
    private static final String MAKE = """
            INSERT INTO bench_objects
            SELECT ?, lo_from_bytea(0, substring(decode(repeat(c.hex, ? / 8192 + 1), 'hex'), 1, ?))
              FROM generate_series(1, ?) n,
                   LATERAL (SELECT string_agg(md5(n || ' ' || k), '') AS hex FROM generate_series(1, 512) k) c""";

    private StoredObjects() {}

    /** Oids of {@code count} objects of {@code size} bytes, in their physical order. */
    static long[] ofSize(Connection connection, int size, int count) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS bench_objects (size int, o oid)");
        }
        long[] oids = find(connection, size);
        if (oids.length != count) {
            make(connection, size, count);
            oids = find(connection, size);
        }
        return oids;
    }

    private static long[] find(Connection connection, int size) throws SQLException {
        try (var find =
                connection.prepareStatement("SELECT array_agg(o::int8 ORDER BY o) FROM bench_objects WHERE size = ?")) {
            find.setInt(1, size);
            try (var row = find.executeQuery()) {
                row.next();
                Long[] oids = row.getArray(1) == null
                        ? new Long[0]
                        : (Long[]) row.getArray(1).getArray();
                long[] plain = new long[oids.length];
                for (int i = 0; i < plain.length; i++) {
                    plain[i] = oids[i];
                }
                return plain;
            }
        }
    }

    private static void make(Connection connection, int size, int count) throws SQLException {
        try (PreparedStatement make = connection.prepareStatement(MAKE);
                var vacuum = connection.createStatement()) {
            make.setInt(1, size);
            make.setInt(2, size);
            make.setInt(3, size);
            make.setInt(4, count);
            make.executeUpdate();
            vacuum.execute("VACUUM ANALYZE pg_largeobject, pg_largeobject_metadata");
        }
    }
}
