package ch.tocco.lomigrate.lo;

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
        int both = Math.min(values.size(), other.values.size());
        for (int i = 0; i < both; i++) {
            int order = values.get(i).compareTo(other.values.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(values.size(), other.values.size());
    }
}
