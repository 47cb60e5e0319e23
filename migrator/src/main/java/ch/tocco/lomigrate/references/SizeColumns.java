package ch.tocco.lomigrate.references;

import static java.util.stream.Collectors.joining;

import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.references.Relation.Column;
import ch.tocco.lomigrate.references.Relation.Form;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finds the column that says how long an object is, by its values: in each of some rows it is the length of that row's
 * object. Such a column names no objects, however many of its numbers are oids by chance.
 */
final class SizeColumns {
    private static final int ROWS = 100;

    private final ReadOnlySession session;
    private final LargeObjects objects;
    private final Sizes sizes;

    SizeColumns(ReadOnlySession session, LargeObjects objects, Sizes sizes) {
        this.session = session;
        this.objects = objects;
        this.sizes = sizes;
    }

    /** Tells each reference of one relation by its type which column has the lengths, if there is one. */
    void find(List<Reference> references, Rows.Places places) throws SQLException, RunEndedException {
        for (Reference reference : references) {
            List<Column> numbers = reference.relation().columns().stream()
                    .filter(column -> column.readable()
                            && column.cleared().isEmpty()
                            && (column.form() == Form.INTEGER || column.form() == Form.NUMERIC)
                            && !column.equals(reference.column()))
                    .toList();
            if (!places.read().isEmpty()
                    && reference.column().form() != Form.NESTED
                    && !numbers.isEmpty()
                    && mayBeMeasured(reference)) {
                find(reference, numbers, places.read().get(0).from() + " t" + places.sampled());
            }
        }
    }

    private static boolean mayBeMeasured(Reference reference) {
        return reference.column().form() == Form.OID
                ? reference.sample().filter(sample -> sample.hits() > 0).isPresent()
                : reference.isSource();
    }

    private void find(Reference reference, List<Column> numbers, String from) throws SQLException, RunEndedException {
        String oid = OidExpression.bytes(reference.column(), reference.prefix());
        String sql = "SELECT " + oid + ", "
                + numbers.stream()
                        .map(column -> "trunc(t." + column.quoted() + ")::text")
                        .collect(joining(", "))
                + " FROM " + from + " WHERE " + oid + " IS NOT NULL LIMIT " + ROWS;
        List<Object[]> rows = session.list(sql, row -> {
            Object[] values = new Object[numbers.size() + 1];
            values[0] = row.getBytes(1);
            for (int i = 1; i < values.length; i++) {
                values[i] = row.getString(i + 1);
            }
            return values;
        });
        int[] ranks = rows.stream()
                .mapToInt(row -> objects.rank(
                        Integer.toUnsignedLong(ByteBuffer.wrap((byte[]) row[0]).getInt())))
                .toArray();
        int[] known = IntStream.range(0, ranks.length)
                .filter(i -> ranks[i] >= 0 && objects.isReadable(ranks[i]))
                .toArray();
        long[] lengths = sizes.ask(IntStream.of(known).map(i -> ranks[i]).toArray());
        Optional<Column> size = numbers.stream()
                .filter(column -> {
                    int place = numbers.indexOf(column) + 1;
                    return known.length > 0
                            && IntStream.range(0, known.length)
                                    .allMatch(i -> Long.toString(lengths[i]).equals(rows.get(known[i])[place]));
                })
                .findFirst();
        size.ifPresent(reference::sizeColumn);
    }

    /** Whether it has but the lengths of the objects that another column of these names. */
    static boolean isSizeColumn(Reference reference, List<Reference> found) {
        return found.stream()
                .flatMap(other -> other.sizeColumn().stream())
                .anyMatch(column -> column.equals(reference.column()));
    }
}
