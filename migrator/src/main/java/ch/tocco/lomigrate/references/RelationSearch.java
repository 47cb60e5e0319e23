package ch.tocco.lomigrate.references;

import static java.util.stream.Collectors.joining;

import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.references.Relation.Column;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Searches one relation after the other for references: looks at a sample first, then reads all rows of the columns that
 * name objects, some thousand blocks with each statement. What cannot be read is told as such and keeps nothing else from
 * being searched.
 */
public final class RelationSearch {
    private static final Logger LOG = LogManager.getLogger(RelationSearch.class);

    /** 16 MiB of a table with blocks of 8 KiB. */
    private static final long BLOCKS_AT_ONCE = 2_000;

    private static final long FEWEST_BLOCKS_AT_ONCE = 100;

    /** Before version 14 each range costs a scan of the whole table: fewer, larger ones. */
    private static final long BLOCKS_AT_ONCE_OF_OLD = 50_000;

    private static final int RANGE_SCANS_SINCE = 14;

    private final ReadOnlySession session;
    private final LargeObjects objects;
    private final Sampler sampler;
    private final SizeColumns sizeColumns;
    private final int sampleRows;
    private final long manyRows;
    private final long blocksAtOnce;
    private final List<Reference> references = new ArrayList<>();
    private final List<NotCounted> notCounted = new ArrayList<>();

    /** @param manyRows a table of more rows is not read to its end, but estimated from its sample */
    public RelationSearch(ReadOnlySession session, LargeObjects objects, Sizes sizes, int sampleRows, long manyRows)
            throws SQLException {
        this.session = session;
        this.objects = objects;
        this.sampler = new Sampler(session, objects);
        this.sizeColumns = new SizeColumns(session, objects, sizes);
        this.sampleRows = sampleRows;
        this.manyRows = manyRows;
        this.blocksAtOnce = session.serverVersion() < RANGE_SCANS_SINCE ? BLOCKS_AT_ONCE_OF_OLD : BLOCKS_AT_ONCE;
    }

    /**
     * A column that may name large objects and whose rows are not known.
     *
     * @param reason why not
     */
    public record NotCounted(Relation relation, Column column, String reason) {}

    public List<Reference> references() {
        return references;
    }

    /** Columns whose rows are not known. */
    public List<NotCounted> notCounted() {
        return notCounted;
    }

    public void search(Relation relation) throws SQLException, RunEndedException {
        List<Column> columns = new ArrayList<>();
        for (Column column : relation.columns()) {
            Optional<String> reason = whyNot(relation, column);
            if (reason.isPresent()) {
                notCounted.add(new NotCounted(relation, column, reason.get()));
            } else if (column.cleared().isEmpty() || column.isOwnKey()) {
                columns.add(column);
            }
        }
        if (columns.isEmpty()) {
            return;
        }
        List<Reference> found = new ArrayList<>();
        try {
            session.<Void>inOneSnapshot(() -> {
                search(relation, columns, found);
                return null;
            });
        } catch (SQLException e) {
            if (SqlFaults.isBroken(e)) {
                throw e;
            }
            notRead(relation, columns, found, SqlFaults.describe(e));
        }
        references.addAll(found);
    }

    private static Optional<String> whyNot(Relation relation, Column column) {
        if (!relation.kind().holdsRows()) {
            return Optional.of("a " + relation.kind() + " is not counted");
        }
        return relation.unreadable()
                .or(() -> column.readable() ? Optional.empty() : Optional.of("this role may not read it"));
    }

    private void search(Relation relation, List<Column> columns, List<Reference> found)
            throws SQLException, RunEndedException {
        Rows.Places places = Rows.of(relation, session, sampleRows);
        places.foreign().forEach(name -> LOG.warn("{} is a foreign table: its rows are not counted", name));
        found.addAll(sampler.references(relation, columns, places));
        sizeColumns.find(found, places);
        found.removeIf(reference -> SizeColumns.isSizeColumn(reference, found));
        if (found.isEmpty()) {
            return;
        }
        RelationFacts facts = RelationFacts.of(relation, session, places.foreign());
        found.forEach(reference -> reference.facts(facts));
        if (isLarge(found)) {
            found.forEach(this::estimate);
            return;
        }
        for (Rows rows : places.read()) {
            read(rows, found);
        }
    }

    private boolean isLarge(List<Reference> found) {
        return found.stream()
                .flatMap(reference -> reference.sample().stream())
                .anyMatch(sample -> sample.ofAll(sample.rows()) > manyRows);
    }

    private void estimate(Reference reference) {
        if (reference.sample().isPresent()) {
            reference.estimate();
        } else {
            reference.notRead("more than " + manyRows + " rows: --exact reads them");
        }
    }

    private void read(Rows rows, List<Reference> found) throws SQLException, RunEndedException {
        LOG.info("reading {}, {} blocks", new Shown(rows.from()), rows.blocks());
        String columns = found.stream()
                .map(reference -> "count(t." + reference.column().quoted() + "), string_agg("
                        + OidExpression.bytes(reference.column(), reference.prefix()) + ", '')")
                .collect(joining(", "));
        long step = Math.max(FEWEST_BLOCKS_AT_ONCE, blocksAtOnce / rows.tables());
        for (long block = 0; block < rows.longest(); block += step) {
            String sql = "SELECT count(*), " + columns + " FROM " + rows.from() + " t WHERE t.ctid >= '(" + block
                    + ",0)' AND t.ctid < '(" + (block + step) + ",0)'";
            session.one(sql, row -> {
                for (int i = 0; i < found.size(); i++) {
                    found.get(i).add(row.getLong(1), row.getLong(2 * i + 2), row.getBytes(2 * i + 3), objects);
                }
                return 1;
            });
        }
    }

    /** What a sample has shown before is kept. */
    private void notRead(Relation relation, List<Column> columns, List<Reference> found, String reason) {
        LOG.warn("{}: {}", new Shown(relation.quoted()), reason);
        if (found.isEmpty()) {
            columns.forEach(column -> notCounted.add(new NotCounted(relation, column, reason)));
        }
        for (Reference reference : found) {
            reference.notRead(reason);
            if (reference.sample().isPresent()) {
                reference.estimate();
            }
        }
    }
}
