package ch.tocco.lomigrate.references;

import java.util.List;
import java.util.Optional;

/**
 * A table, or what looks like one, with columns that may name large objects.
 *
 * @param oid in the catalog
 * @param schema its schema, as the catalog has it
 * @param name its name, as the catalog has it
 * @param quoted both, ready for SQL
 * @param kind what it is
 * @param owner the role that owns it
 * @param unreadable why no row of it may be read; empty if rows may be
 * @param columns those that may name large objects, in the order of the catalog
 */
public record Relation(
        long oid,
        String schema,
        String name,
        String quoted,
        Kind kind,
        String owner,
        Optional<String> unreadable,
        List<Column> columns) {
    public Relation {
        columns = List.copyOf(columns);
    }

    /** What rows can come from. */
    public enum Kind {
        TABLE("table"),
        PARTITIONED("partitioned table"),
        MATERIALIZED("materialized view"),
        VIEW("view"),
        FOREIGN("foreign table");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        static Kind of(String relkind) {
            return switch (relkind) {
                case "p" -> PARTITIONED;
                case "m" -> MATERIALIZED;
                case "v" -> VIEW;
                case "f" -> FOREIGN;
                default -> TABLE;
            };
        }

        /** Whether its rows are kept in this database and are its own. */
        public boolean holdsRows() {
            return this != VIEW && this != FOREIGN;
        }

        /** Whether rows can be migrated from it. */
        public boolean isTable() {
            return this == TABLE || this == PARTITIONED;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** How a column can name large objects. */
    public enum Form {
        OID,
        /** An array or a composite type with oids in it. */
        NESTED,
        TEXT,
        INTEGER,
        NUMERIC
    }

    /**
     * One of its columns.
     *
     * @param name as the catalog has it
     * @param quoted ready for SQL
     * @param type as PostgreSQL writes it
     * @param form how it can name large objects
     * @param readable whether this role may read it
     * @param cleared why the catalog says that it names none; empty for a column that may
     * @param generated whether the database computes it
     */
    public record Column(
            String name,
            String quoted,
            String type,
            Form form,
            boolean readable,
            Optional<String> cleared,
            boolean generated) {
        /** Whether its type alone does not say that it names objects. */
        public boolean isSuspect() {
            return form == Form.TEXT || form == Form.INTEGER || form == Form.NUMERIC;
        }

        /** The only key column that may name objects after all: filled by the application, not by a sequence. */
        boolean isOwnKey() {
            return cleared.filter(ColumnCatalog.PRIMARY_KEY::equals).isPresent();
        }
    }

    /** The name of a column with schema and table, ready for SQL. */
    public String place(Column column) {
        return quoted + "." + column.quoted();
    }
}
