package ch.tocco.lomigrate.references;

import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.postgres.SqlFaults;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How many bytes objects have, asked of the server without reading them: it seeks to the end of each. For sets with many
 * objects some of them are asked and the rest is estimated.
 */
public final class Sizes {
    private static final int SAMPLE = 10_000;
    private static final long SEED = 17;
    private static final int ASKED_AT_ONCE = 2_000;

    private final ReadOnlySession session;
    private final LargeObjects all;
    private final long many;

    /** @param many where there are more objects than this, only some are asked */
    public Sizes(ReadOnlySession session, LargeObjects all, long many) {
        this.session = session;
        this.all = all;
        this.many = many;
    }

    /**
     * The bytes of a set of objects.
     *
     * @param bytes of the objects that may be read
     * @param asked how many objects were asked
     * @param unreadable how many may not be read; their bytes are not counted
     * @param estimate whether the rest was estimated
     */
    public record Volume(long bytes, long asked, long unreadable, boolean estimate) {
        /** As many bytes as belong to a share of these objects. */
        public Volume share(double share) {
            return new Volume(Math.round(bytes * share), asked, unreadable, true);
        }
    }

    /** The bytes of each of these sets, in their order. */
    public List<Volume> of(List<BitSet> sets) throws SQLException, RunEndedException {
        if (all.size() > many) {
            List<Volume> volumes = new ArrayList<>();
            for (BitSet set : sets) {
                volumes.add(sampled(readable(set), set));
            }
            return volumes;
        }
        long[] bytes = new long[sets.size()];
        BitSet asked = new BitSet();
        sets.forEach(asked::or);
        BitSet readable = readable(asked);
        for (int[] ranks = piece(readable, 0); ranks.length > 0; ranks = piece(readable, ranks[ranks.length - 1] + 1)) {
            long[] sizes = ask(ranks);
            for (int set = 0; set < bytes.length; set++) {
                for (int i = 0; i < ranks.length; i++) {
                    bytes[set] += sets.get(set).get(ranks[i]) ? Math.max(0, sizes[i]) : 0;
                }
            }
        }
        List<Volume> volumes = new ArrayList<>();
        for (int set = 0; set < bytes.length; set++) {
            int counted = readable(sets.get(set)).cardinality();
            volumes.add(new Volume(bytes[set], counted, sets.get(set).cardinality() - counted, false));
        }
        return volumes;
    }

    private Volume sampled(BitSet readable, BitSet set) throws SQLException, RunEndedException {
        int count = readable.cardinality();
        int step = Math.max(1, count / SAMPLE);
        BitSet some = someOf(readable, step);
        long sum = 0;
        long answers = 0;
        for (int[] ranks = piece(some, 0); ranks.length > 0; ranks = piece(some, ranks[ranks.length - 1] + 1)) {
            long[] sizes = ask(ranks);
            sum += Arrays.stream(sizes).filter(size -> size >= 0).sum();
            answers += Arrays.stream(sizes).filter(size -> size >= 0).count();
        }
        long bytes = answers == 0 ? 0 : Math.round((double) sum / answers * count);
        return new Volume(bytes, answers, set.cardinality() - count, step > 1);
    }

    /**
     * One of each {@code step} objects that follow each other. Which one is left to chance, as large ones and small ones may
     * take turns; always to the same chance, so that two reports can be compared.
     */
    private static BitSet someOf(BitSet set, int step) {
        SplittableRandom random = new SplittableRandom(SEED);
        BitSet some = new BitSet();
        int place = 0;
        int chosen = 0;
        for (int rank = set.nextSetBit(0); rank >= 0; rank = set.nextSetBit(rank + 1)) {
            if (place % step == 0) {
                chosen = random.nextInt(step);
            }
            some.set(rank, place % step == chosen);
            place++;
        }
        return some;
    }

    private BitSet readable(BitSet set) {
        BitSet readable = (BitSet) set.clone();
        readable.andNot(all.unreadable());
        return readable;
    }

    /** The next few of a set, from a rank on; none at its end. */
    private static int[] piece(BitSet set, int from) {
        int[] ranks = new int[ASKED_AT_ONCE];
        int count = 0;
        for (int rank = set.nextSetBit(from); rank >= 0 && count < ranks.length; rank = set.nextSetBit(rank + 1)) {
            ranks[count++] = rank;
        }
        return Arrays.copyOf(ranks, count);
    }

    /** The sizes of objects; -1 where one is gone or may not be read after all. */
    public long[] ask(int[] ranks) throws SQLException, RunEndedException {
        // one descriptor at a time: the server looks for a free one from the first on. INV_READ is 262144, SEEK_END 2.
        String sql = "SELECT z.size, lo_close(z.fd) FROM (SELECT x.fd, lo_lseek64(x.fd, 0, 2) AS size FROM (SELECT"
                + " lo_open((SELECT m.oid FROM pg_largeobject_metadata m WHERE m.oid = t.o), 262144) AS fd"
                + " FROM unnest(?::text::oid[]) WITH ORDINALITY t(o, place) ORDER BY t.place OFFSET 0) x OFFSET 0) z";
        try {
            List<Long> sizes = session.list(
                    sql,
                    row -> row.getObject(1) == null ? -1L : row.getLong(1),
                    ObjectListing.array(Arrays.stream(ranks).map(rank -> (int) all.oid(rank))));
            return sizes.stream().mapToLong(Long::longValue).toArray();
        } catch (SQLException e) {
            if (SqlFaults.isBroken(e) || ranks.length == 0) {
                throw e;
            }
            return ranks.length == 1 ? new long[] {-1} : askHalves(ranks);
        }
    }

    /** Where one of them cannot be asked, all others can. */
    private long[] askHalves(int[] ranks) throws SQLException, RunEndedException {
        int half = ranks.length / 2;
        long[] sizes = Arrays.copyOf(ask(Arrays.copyOf(ranks, half)), ranks.length);
        long[] others = ask(Arrays.copyOfRange(ranks, half, ranks.length));
        System.arraycopy(others, 0, sizes, half, others.length);
        return sizes;
    }
}
