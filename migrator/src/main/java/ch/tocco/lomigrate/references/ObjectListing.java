package ch.tocco.lomigrate.references;

import ch.tocco.lomigrate.lifecycle.RunEndedException;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.PrimitiveIterator;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Asks for large objects: which there are, and later which of some are there still. A plain role may. */
public final class ObjectListing {
    private static final int PAGE = 50_000;
    private static final int ASKED_AT_ONCE = 10_000;

    /** As PostgreSQL decides it before an object is opened for reading. */
    private static final String READABLE = "(pg_has_role(m.lomowner, 'USAGE') OR EXISTS (SELECT 1 FROM"
            + " aclexplode(m.lomacl) a WHERE a.privilege_type = 'SELECT' AND (a.grantee = 0"
            + " OR pg_has_role(a.grantee, 'USAGE'))))";

    private static final String READS_ALL = "SELECT rolsuper OR current_setting('lo_compat_privileges')::bool"
            + " FROM pg_roles WHERE rolname = current_user";

    private final ReadOnlySession session;

    public ObjectListing(ReadOnlySession session) {
        this.session = session;
    }

    /** All large objects, page by page in the order of their oids. */
    public LargeObjects all() throws SQLException, RunEndedException {
        boolean readsAll = session.one(READS_ALL, row -> row.getBoolean(1));
        String sql = "SELECT string_agg(oidsend(s.oid), ''), string_agg(oidsend(s.owner), ''),"
                + " string_agg(boolsend(s.readable), '') FROM (SELECT m.oid, m.lomowner AS owner, "
                + (readsAll ? "true" : READABLE) + " AS readable FROM pg_largeobject_metadata m"
                + " WHERE m.oid > ?::int8::oid ORDER BY m.oid LIMIT " + PAGE + ") s";
        LargeObjects all = new LargeObjects();
        int before;
        do {
            before = all.size();
            long last = before == 0 ? 0 : all.oid(before - 1);
            session.one(sql, row -> add(row, all), last);
        } while (all.size() > before);
        return all;
    }

    /** Adds a page of the listing, which comes as one row; the number of its objects. */
    private static int add(ResultSet row, LargeObjects all) throws SQLException {
        if (row.getBytes(1) == null) {
            return 0;
        }
        ByteBuffer oids = ByteBuffer.wrap(row.getBytes(1));
        ByteBuffer owners = ByteBuffer.wrap(row.getBytes(2));
        byte[] page = row.getBytes(3);
        for (byte readable : page) {
            all.add(Integer.toUnsignedLong(oids.getInt()), Integer.toUnsignedLong(owners.getInt()), readable != 0);
        }
        return page.length;
    }

    /** Names those of some oids, as unsigned numbers, that are large objects now. */
    public void whichAreThere(IntStream oids, IntConsumer there) throws SQLException, RunEndedException {
        // each by its index: a join would be free to read the whole catalog
        String sql = "SELECT string_agg(oidsend((SELECT m.oid FROM pg_largeobject_metadata m WHERE m.oid = t.o)), '')"
                + " FROM unnest(?::text::oid[]) t(o)";
        PrimitiveIterator.OfInt asked = oids.iterator();
        while (asked.hasNext()) {
            int[] some = new int[ASKED_AT_ONCE];
            int count = 0;
            while (count < some.length && asked.hasNext()) {
                some[count++] = asked.nextInt();
            }
            String array = array(Arrays.stream(some, 0, count));
            byte[] found = session.one(sql, row -> row.getBytes(1), array);
            ByteBuffer buffer = ByteBuffer.wrap(found == null ? new byte[0] : found);
            while (buffer.hasRemaining()) {
                there.accept(buffer.getInt());
            }
        }
    }

    /** Takes those out of a set of objects that are gone meanwhile. */
    public void removeGone(BitSet some, LargeObjects all) throws SQLException, RunEndedException {
        BitSet there = new BitSet();
        whichAreThere(
                some.stream().map(rank -> (int) all.oid(rank)),
                oid -> there.set(all.rank(Integer.toUnsignedLong(oid))));
        some.and(there);
    }

    /** An array of oids as PostgreSQL reads it. */
    public static String array(IntStream oids) {
        StringBuilder text = new StringBuilder("{");
        oids.forEach(oid -> text.append(text.length() == 1 ? "" : ",").append(Integer.toUnsignedString(oid)));
        return text.append('}').toString();
    }
}
