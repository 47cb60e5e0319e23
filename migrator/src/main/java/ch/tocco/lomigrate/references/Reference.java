package ch.tocco.lomigrate.references;

import ch.tocco.lomigrate.references.Relation.Column;
import ch.tocco.lomigrate.references.Relation.Form;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A column that names large objects, or may: what a scan of all its rows has found, or what a sample lets expect. Text
 * behind two prefixes is two of them. Not thread-safe.
 */
public final class Reference {
    /** Oids of objects that are not there are kept, up to this number, to be asked for once more at the end. */
    private static final int MOST_DANGLING = 100_000;

    private final Relation relation;
    private final Column column;
    private final String prefix;
    private final Optional<Sample> sample;
    private final BitSet objects = new BitSet();
    private final BitSet shared = new BitSet();
    private final Map<Integer, Long> dangling = new HashMap<>();
    private RelationFacts facts = RelationFacts.NONE;
    private Optional<Column> sizeColumn = Optional.empty();
    private Optional<String> unread = Optional.empty();
    private long rows;
    private long values;
    private long references;
    private long zeros;
    private long danglingValues;
    private boolean estimate;

    /** @param sample what is known before the scan; empty where no sample was taken */
    public Reference(Relation relation, Column column, String prefix, Optional<Sample> sample) {
        this.relation = relation;
        this.column = column;
        this.prefix = prefix;
        this.sample = sample;
    }

    /** Takes rows of a scan. */
    public void add(long moreRows, long moreValues, byte[] oids, LargeObjects all) {
        rows += moreRows;
        values += moreValues;
        ByteBuffer buffer = ByteBuffer.wrap(oids == null ? new byte[0] : oids);
        while (buffer.hasRemaining()) {
            int oid = buffer.getInt();
            if (oid == 0) {
                zeros++;
                continue;
            }
            references++;
            int rank = all.rank(Integer.toUnsignedLong(oid));
            if (rank >= 0) {
                shared.set(rank, shared.get(rank) || objects.get(rank));
                objects.set(rank);
            } else {
                danglingValues++;
                if (dangling.size() < MOST_DANGLING || dangling.containsKey(oid)) {
                    dangling.merge(oid, 1L, Long::sum);
                }
            }
        }
    }

    /** Forgets what was found and takes what the sample lets expect, because the table was not read to its end. */
    public void estimate() {
        Sample from = sample.orElseThrow();
        objects.clear();
        shared.clear();
        dangling.clear();
        zeros = 0;
        rows = from.ofAll(from.rows());
        values = from.ofAll(from.values());
        references = from.ofAll(from.numbers());
        danglingValues = from.ofAll(from.numbers() - from.hits());
        estimate = true;
    }

    /** Nothing is known of its rows. */
    public void notRead(String reason) {
        unread = Optional.of(reason);
    }

    public void facts(RelationFacts found) {
        facts = found;
    }

    public void sizeColumn(Column column) {
        sizeColumn = Optional.of(column);
    }

    /** The column of the same rows with the lengths of the objects. */
    public Optional<Column> sizeColumn() {
        return sizeColumn;
    }

    /** Whether all that it has tells that it names objects: its type, or its values. */
    public boolean isSource() {
        if (column.form() == Form.OID) {
            return objectCount() > 0;
        }
        return column.isSuspect()
                && sample.filter(some -> some.isSure(column.form() == Form.TEXT))
                        .isPresent();
    }

    /** Oids that named no object when they were met, with how many values have them. */
    public Map<Integer, Long> dangling() {
        return dangling;
    }

    /** An object that was made after the objects were listed: it dangles not. */
    public void isThere(int oid) {
        Long count = dangling.remove(oid);
        danglingValues -= count == null ? 0 : count;
    }

    public Relation relation() {
        return relation;
    }

    public Column column() {
        return column;
    }

    public String prefix() {
        return prefix;
    }

    public Optional<Sample> sample() {
        return sample;
    }

    public RelationFacts facts() {
        return facts;
    }

    /** Why nothing is known of its rows; empty if something is. */
    public Optional<String> unread() {
        return unread;
    }

    /** Whether its figures come from a sample. */
    public boolean isEstimate() {
        return estimate;
    }

    public long rows() {
        return rows;
    }

    public long values() {
        return values;
    }

    public long references() {
        return references;
    }

    public long zeros() {
        return zeros;
    }

    public long danglingValues() {
        return danglingValues;
    }

    /** The objects that it names, as far as rows were read. */
    public BitSet objects() {
        return objects;
    }

    /** Those that several of its rows name. */
    public BitSet shared() {
        return shared;
    }

    /** How many objects it names. */
    public long objectCount() {
        return estimate ? sample.map(s -> s.ofAll(s.objects())).orElse(0L) : objects.cardinality();
    }
}
