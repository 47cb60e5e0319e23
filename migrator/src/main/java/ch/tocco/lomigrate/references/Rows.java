package ch.tocco.lomigrate.references;

import ch.tocco.lomigrate.lifecycle.RunEndedException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the rows of a relation are read from: by way of the relation itself, so that the right to read it is enough; only
 * where foreign tables are among its partitions from each other partition alone, as those rows are another database's.
 *
 * @param from what comes after FROM, without an alias
 * @param blocks blocks of all tables that are read
 * @param longest blocks of the largest of them
 * @param tables how many they are
 */
record Rows(String from, long blocks, long longest, int tables) {
    /** Rows that a block holds where they are small; tables of larger rows give a smaller sample. */
    private static final int ROWS_OF_A_BLOCK = 50;

    private static final int FEWEST_BLOCKS = 20;

    private static final String TREE = """
            WITH RECURSIVE tree(oid) AS (SELECT ?::int8::oid
              UNION SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid)
            SELECT format('%I.%I', n.nspname, c.relname), c.relkind, coalesce(pg_relation_size(c.oid), 0)
              / current_setting('block_size')::int
              FROM tree JOIN pg_class c ON c.oid = tree.oid JOIN pg_namespace n ON n.oid = c.relnamespace""";

    /** One of the tables. */
    private record Table(String name, String kind, long blocks) {}

    /** Places to read, names of foreign tables that are not, and the share of all blocks that a sample has. */
    record Places(List<Rows> read, List<String> foreign, double share) {
        /** How many blocks a sample has. */
        long blocks() {
            return Math.round(read.stream().mapToLong(Rows::blocks).sum() * share);
        }

        /** What makes a scan one of a sample; the same blocks each time, so that two reports can be compared. */
        String sampled() {
            return share == 1 ? "" : " TABLESAMPLE SYSTEM (" + share * 100 + ") REPEATABLE (17)";
        }
    }

    /** @param sampleRows about how many rows a sample is to have */
    static Places of(Relation relation, ReadOnlySession session, int sampleRows)
            throws SQLException, RunEndedException {
        List<Table> tables = session.list(
                TREE, row -> new Table(row.getString(1), row.getString(2), row.getLong(3)), relation.oid());
        List<Table> own =
                tables.stream().filter(table -> !table.kind().equals("f")).toList();
        List<String> foreign = tables.stream()
                .filter(table -> table.kind().equals("f"))
                .map(Table::name)
                .toList();
        if (foreign.isEmpty()) {
            long blocks = own.stream().mapToLong(Table::blocks).sum();
            long longest = own.stream().mapToLong(Table::blocks).max().orElse(0);
            Rows all = new Rows(relation.quoted(), blocks, longest, own.size());
            return new Places(List.of(all), foreign, share(blocks, sampleRows));
        }
        List<Rows> each = new ArrayList<>();
        own.stream()
                .filter(table -> !table.kind().equals("p"))
                .forEach(table -> each.add(new Rows("ONLY " + table.name(), table.blocks(), table.blocks(), 1)));
        long blocks = each.stream().mapToLong(Rows::blocks).sum();
        return new Places(List.copyOf(each), foreign, share(blocks, sampleRows));
    }

    private static double share(long blocks, int sampleRows) {
        long wanted = Math.max(FEWEST_BLOCKS, sampleRows / ROWS_OF_A_BLOCK);
        return blocks <= wanted ? 1 : (double) wanted / blocks;
    }
}
