package ch.tocco.lomigrate.demo;

import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.data.SourceRow;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Locale;

/** Fills the source table with what a grown production table has: mostly small objects, a few odd, a few broken ones. */
final class DemoData {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    private final SourceDatabase database;

    DemoData(SourceDatabase database) {
        this.database = database;
    }

    void fill() throws SQLException {
        ordinary();
        edges();
        oddTypes();
        migratedBefore();
        broken();
    }

    /** Ten times as many small objects, for a run that takes some seconds. */
    void fillForSomeSeconds() throws SQLException {
        database.fill(24_000, 5_000_000, seed -> size(seed, 100, 8 * KIB), "text/plain");
        database.fill(10_000, 6_000_000, seed -> size(seed, 4 * KIB, 32 * KIB), "image/png");
        database.insertGenerated(5, 45 * MIB, "video/mp4");
        fill();
    }

    private void ordinary() throws SQLException {
        database.fill(2400, 1_000_000, seed -> size(seed, 100, 4 * KIB), "text/plain");
        database.fill(1200, 2_000_000, seed -> size(seed, 4 * KIB, 32 * KIB), "image/png");
        database.fill(370, 3_000_000, seed -> size(seed, 32 * KIB, 160 * KIB), "application/pdf");
        database.fill(10, 4_000_000, seed -> size(seed, 256 * KIB, MIB), "image/jpeg");
    }

    /** Any size between the two, the same for the same seed. */
    private static int size(long seed, int from, int to) {
        return from + (int) Math.floorMod(seed * 2_654_435_761L, (long) (to - from));
    }

    private void edges() throws SQLException {
        database.insert(new byte[0], "application/x-empty");
        database.insert(new byte[] {'x'}, "text/plain");
        // --in-mem-max is 1 MiB unless changed, and inclusive
        database.insertGenerated(1, MIB, "application/zip");
        database.insertGenerated(2, MIB + 1, "application/zip");
        database.insertGenerated(3, 3 * MIB, "audio/mpeg");
        // three parts of 20 MiB at most
        database.insertGenerated(4, 45 * MIB, "video/mp4");
    }

    private void oddTypes() throws SQLException {
        database.insertGenerated(10, 500, "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
        database.insertGenerated(11, 500, "text/plain; charset=\"utf-8\"");
        database.insertGenerated(12, 500, "text/plain\r\nx-injected: yes");
        database.insertGenerated(13, 500, "Bild/f\u00fcr den Katalog");
        database.insertGenerated(14, 500, "");
        database.insertGenerated(15, 500, null);
    }

    private void migratedBefore() throws SQLException {
        var row = object(20, "image/gif");
        var digests = Digests.of(GeneratedContent.bytes(20, 500));
        database.insertRow(new SourceRow(row.hash(), row.size(), row.mimeType(), 0L, digests.sha256()));
        // a hash in upper case is as good as any
        var upper = object(21, "image/gif");
        database.insertRow(with(upper, upper.hash().toUpperCase(Locale.ROOT), upper.size(), upper.oid()));
    }

    private void broken() throws SQLException {
        var row = object(30, "image/gif");
        database.insertRow(with(row, "not a hash", row.size(), row.oid()));
        row = object(31, "image/gif");
        String other =
                Digests.of("something else".getBytes(StandardCharsets.US_ASCII)).sha1();
        database.insertRow(with(row, other, row.size(), row.oid()));
        row = object(32, "image/gif");
        database.insertRow(with(row, row.hash(), -1L, row.oid()));
        row = object(33, "image/gif");
        database.insertRow(with(row, row.hash(), row.size() - 1, row.oid()));
        row = object(34, "image/gif");
        database.insertRow(with(row, row.hash(), row.size(), 0L));
        row = object(35, "image/gif");
        database.insertRow(row);
        database.execute("SELECT lo_unlink(" + row.oid() + ")");
    }

    /** Makes a large object and tells what its row would be if all were well. */
    private SourceRow object(long seed, String mimeType) throws SQLException {
        byte[] content = GeneratedContent.bytes(seed, 500);
        return new SourceRow(
                Digests.of(content).sha1(), (long) content.length, mimeType, database.createObject(content), null);
    }

    private static SourceRow with(SourceRow row, String hash, Long size, Long oid) {
        return new SourceRow(hash, size, row.mimeType(), oid, null);
    }
}
