package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;

/** Makes large objects at the server: a block of a MiB that depends on the seed, over and over again. */
final class GiantObjects {
    static final int BLOCK = 1 << 20;

    private GiantObjects() {}

    /** Inserts a row and its object; its size is a multiple of {@link #BLOCK}. */
    static void insert(Connection connection, long seed, long size) throws SQLException {
        byte[] block = GeneratedContent.bytes(seed, BLOCK);
        int blocks = (int) (size / BLOCK);
        try (var create = connection.prepareStatement("SELECT lo_create(0)::int8");
                var created = create.executeQuery();
                var fill = connection.prepareStatement(
                        "SELECT count(lo_put(?::oid, g * 1048576, ?)) FROM generate_series(0::int8, ?) g");
                var insert = connection.prepareStatement(
                        "INSERT INTO _nice_binary (hash, size, mime_type, data) VALUES (?, ?, ?, ?::oid)")) {
            created.next();
            long oid = created.getLong(1);
            fill.setLong(1, oid);
            fill.setBytes(2, block);
            fill.setLong(3, blocks - 1);
            fill.executeQuery().close();
            insert.setString(1, sha1(block, blocks));
            insert.setLong(2, size);
            insert.setString(3, "application/octet-stream");
            insert.setLong(4, oid);
            insert.executeUpdate();
        }
    }

    private static String sha1(byte[] block, int blocks) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            for (int i = 0; i < blocks; i++) {
                digest.update(block);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
