package ch.tocco.lomigrate.lo;

import java.util.Iterator;
import java.util.List;

/**
 * What tells a row from the others of its table: the values of its key columns, as PostgreSQL writes them as text. The
 * order is one that all threads agree on, not PostgreSQL's.
 *
 * @param values one or several, none of them null
 */
public record RowKey(List<String> values) implements Comparable<RowKey> {
    public RowKey {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a key has a column at least");
        }
    }

    /** The key of a table that has one key column. */
    public static RowKey of(String value) {
        return new RowKey(List.of(value));
    }

    /** For people and for the list of failures. */
    public String text() {
        return String.join(", ", values);
    }

    @Override
    public int compareTo(RowKey other) {
        Iterator<String> others = other.values.iterator();
        for (String value : values) {
            int order = others.hasNext() ? value.compareTo(others.next()) : 1;
            if (order != 0) {
                return order;
            }
        }
        return others.hasNext() ? -1 : 0;
    }
}
