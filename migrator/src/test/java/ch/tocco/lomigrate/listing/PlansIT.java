package ch.tocco.lomigrate.listing;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.mapping.Mappings;
import ch.tocco.lomigrate.source.CommitRows;
import ch.tocco.lomigrate.source.CommitRows.Stored;
import ch.tocco.lomigrate.source.ContentSql;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.testkit.Explained;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * How PostgreSQL executes what a run sends: no page, batch or commit reads a table as a whole. Whether it plans a statement
 * for its parameters or for any, as it does from the sixth time on where it expects no harm.
 */
@ExtendWith(Backends.class)
@Timeout(1800)
final class PlansIT {
    /** So many that reading them all costs more than looking up those of a page; plans are the same with 2,000,000. */
    private static final int ROWS = Integer.getInteger("lo.migrate.test.rows", 100_000);

    private static final List<String> MODES = List.of("force_custom_plan", "force_generic_plan");
    private static final int PAGES = 3;

    private static final String OBJECTS = "pg_largeobject_metadata: Index Scan pg_largeobject_metadata_oid_index";

    private SourceDatabase database;

    private void fill(SourceDatabase fresh) throws SQLException {
        database = fresh;
        // a page of few rows: reading a small table as a whole is cheaper than looking up many, and is no harm
        database.execute(NearlyDone.source(ROWS, ROWS < 1_000_000 ? 10 : 100) + NearlyDone.done("b")
                + "INSERT INTO d SELECT a, b FROM f; ANALYZE f; ANALYZE d; ANALYZE " + NearlyDone.STATE
                + "; SELECT count(lo_create(100000 + g)) FROM generate_series(1, " + ROWS
                + ") g; ANALYZE pg_largeobject_metadata");
    }

    private static void mode(Connection connection, String mode) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("SET plan_cache_mode = " + mode);
        }
    }

    /** How tables are read by the first pages, in both modes. */
    private SortedSet<String> listed(Connection connection, SourceSql sql) throws SQLException {
        var explained = Explained.over(connection);
        try (var statement = connection.createStatement()) {
            for (String setting : SourceSql.pageByPage()) {
                statement.execute(setting); // as the session that lists has it
            }
        }
        for (String mode : MODES) {
            mode(connection, mode);
            Pages pages = Pages.over(sql, explained.connection());
            for (int i = 0; i < PAGES && pages.next(explained.connection()) != null; i++) {
                assertThat(explained.plans()).isNotEmpty();
            }
        }
        return reads(explained);
    }

    private static SortedSet<String> reads(Explained explained) {
        SortedSet<String> reads = explained.reads();
        reads.removeIf(read -> read.startsWith("pg_class: "));
        return reads;
    }

    /** Rows that are pending, as a run would list them. */
    private static List<SourceRow> some(Connection connection, SourceSql sql) throws SQLException {
        List<SourceRow> rows = new ArrayList<>();
        Pages pages = Pages.over(sql, connection);
        while (rows.size() < 500) {
            List<ListedRow> page = pages.next(connection);
            if (page == null) {
                break;
            }
            page.forEach(row -> rows.add(row.row()));
        }
        return rows.subList(0, Math.min(500, rows.size()));
    }

    private static SortedSet<String> committed(Connection connection, SourceSql sql) throws SQLException {
        List<Stored> rows = some(connection, sql).stream()
                .map(row -> new Stored(row.identity(), "key", "00".repeat(32), "etag", 1))
                .toList();
        assertThat(rows).hasSizeGreaterThan(300);
        mode(connection, "force_generic_plan"); // as committers have it
        connection.setAutoCommit(false);
        var explained = Explained.over(connection);
        var commit = new CommitRows(explained.connection(), sql, "bucket", rows);
        assertThat(commit.lookUp()).hasSameSizeAs(rows);
        assertThat(commit.write()).hasSameSizeAs(rows);
        connection.rollback();
        connection.setAutoCommit(true);
        return reads(explained);
    }

    @Test
    void pagesAndCommitsReadTheirOwnRowsOnly(SourceDatabase fresh) throws Exception {
        fill(fresh);
        try (Connection connection = database.connect()) {
            var plain = NearlyDone.resolved(connection, Mappings.of("f").size("1"), NearlyDone.STATE);
            var mapping = Mappings.of("f").size("1").join("JOIN d ON d.k = t.a").where("t.b > 5 AND d.b < 1000000000");
            var joined = NearlyDone.resolved(connection, mapping, NearlyDone.STATE);
            mapping.set("t", "url", ":key").set("d", "url", ":sha256");
            var setting = NearlyDone.resolved(connection, mapping, NearlyDone.STATE);
            SoftAssertions all = new SoftAssertions();
            all.assertThat(listed(connection, plain))
                    .as("listing")
                    .containsExactly(
                            "f: Tid Range Scan",
                            "f: Tid Scan",
                            "object_1: Index Scan object_1_pkey",
                            "object_1: Tid Range Scan");
            all.assertThat(listed(connection, joined))
                    .as("listing with --join")
                    .containsExactly(
                            "d: Index Scan d_pkey",
                            "f: Tid Range Scan",
                            "f: Tid Scan",
                            "object_1: Index Scan object_1_pkey",
                            "object_1: Tid Range Scan");
            all.assertThat(committed(connection, plain))
                    .as("commit")
                    .containsExactly("f: Index Scan f_pkey", "object_1: Index Scan object_1_pkey", OBJECTS);
            all.assertThat(committed(connection, setting))
                    .as("commit with --join and --set")
                    .containsExactly(
                            "d: Index Only Scan d_pkey",
                            "d: Index Scan d_pkey",
                            "d: Tid Scan",
                            "f: Index Scan f_pkey",
                            "object_1: Index Scan object_1_pkey",
                            OBJECTS);
            all.assertThat(readObjects(connection))
                    .as("reading")
                    .containsExactly("pg_largeobject_metadata: Index Only Scan pg_largeobject_metadata_oid_index");
            all.assertAll();
        }
    }

    @Test
    void contentInRowsIsListedReadAndCommittedByKey(SourceDatabase fresh) throws Exception {
        database = fresh;
        database.execute(
                "CREATE SCHEMA lo_migrate;" + NearlyDone.inRows(ROWS) + "ANALYZE v; ANALYZE lo_migrate.object_2");
        try (Connection connection = database.connect()) {
            SourceSql sql = NearlyDone.resolved(
                    connection, Mappings.of("v").bytes("t.c").size("16"), "lo_migrate.object_2");
            SoftAssertions all = new SoftAssertions();
            all.assertThat(listed(connection, sql))
                    .as("listing")
                    .containsExactly(
                            "object_2: Index Scan object_2_pkey",
                            "object_2: Tid Range Scan",
                            "v: Tid Range Scan",
                            "v: Tid Scan");
            all.assertThat(read(connection, sql)).as("reading").containsExactly("v: Index Scan v_pkey");
            all.assertThat(committed(connection, sql))
                    .as("commit")
                    .containsExactly("object_2: Index Scan object_2_pkey", "v: Index Scan v_pkey");
            all.assertAll();
        }
    }

    /** How tables are read for a batch of small values and for a large one. */
    private static SortedSet<String> read(Connection connection, SourceSql sql) throws SQLException {
        var content = new ContentSql(sql);
        var explained = Explained.over(connection);
        List<SourceRow> rows = some(connection, sql);
        for (String mode : MODES) {
            mode(connection, mode);
            try (var statement = content.batch(explained.connection(), rows)) {
                statement.executeQuery();
            }
            String copy = content.copyOut(rows.get(0), 4096);
            explained.explain(copy.substring("COPY (".length(), copy.lastIndexOf(") TO STDOUT")), List.of());
        }
        return reads(explained);
    }

    /** How tables are read for a batch of large objects, and for their lengths. */
    private static SortedSet<String> readObjects(Connection connection) throws SQLException {
        var explained = Explained.over(connection);
        String oids =
                IntStream.range(0, 256).mapToObj(i -> "" + (100_001 + 7 * i)).collect(joining(",", "'{", "}'"));
        for (String mode : MODES) {
            mode(connection, mode);
            explained.explain(ContentSql.readBatch(), List.of(oids, "'{10" + ",10".repeat(255) + "}'"));
            explained.explain(ContentSql.lengths(), List.of(oids));
        }
        return reads(explained);
    }
}
