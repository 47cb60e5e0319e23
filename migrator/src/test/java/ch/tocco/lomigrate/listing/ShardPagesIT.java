package ch.tocco.lomigrate.listing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.mapping.Mappings;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.source.Resolver;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever rows a table has, and whatever rows come: each is listed by exactly one shard, and always by the same. */
@ExtendWith(Backends.class)
final class ShardPagesIT {
    private static final int[] COUNTS = {1, 2, 3, 7, 64};
    private static final int LISTED_SHARDS = 16;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private SourceDatabase database;

    @BeforeEach
    void open(SourceDatabase fresh) {
        database = fresh;
    }

    private static SourceMapping mapping(String join, String oid) {
        return Mappings.of("f").join(join).oid(oid).stateColumn("done").mapping();
    }

    private static SourceSql resolved(Connection connection, SourceMapping mapping) throws SQLException {
        Resolver resolver = new Resolver(connection, new SourceSql(mapping));
        return resolver.resolve().orElseThrow(() -> new AssertionError(resolver.mistakes()));
    }

    /** The keys that each shard lists, one list for a shard. */
    private static List<List<String>> listed(Connection connection, SourceSql sql, int count) throws SQLException {
        List<List<String>> shards = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            SourceSql mine = sql.ofShard(Optional.of(new Shard(number, count)));
            shards.add(rows(connection, mine).map(ListedRow::keyText).toList());
        }
        return shards;
    }

    private static Stream<ListedRow> rows(Connection connection, SourceSql sql) throws SQLException {
        List<ListedRow> rows = new ArrayList<>();
        Pages pages = Pages.over(sql, connection);
        for (List<ListedRow> page = pages.next(connection); page != null; page = pages.next(connection)) {
            rows.addAll(page);
        }
        return rows.stream();
    }

    private static long pending(Connection connection, SourceSql sql) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet both = statement.executeQuery(sql.counts().allAndPending())) {
            both.next();
            long pending = both.getLong(2);
            try (ResultSet row = statement.executeQuery(sql.counts().pending())) {
                row.next();
                assertThat(row.getLong(1)).isEqualTo(pending);
                return pending;
            }
        }
    }

    private List<String> all() throws SQLException {
        List<String> keys = new ArrayList<>();
        try (Connection connection = database.connect();
                var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id::text FROM f WHERE done IS NULL")) {
            while (rows.next()) {
                keys.add(rows.getString(1));
            }
        }
        return keys;
    }

    /** An oid of any size, no oid, or what is none. */
    private String oid(String type) {
        long number = switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> random.nextInt(3 * 4096);
            case 2 -> 4294967295L;
            default -> random.nextLong(1L << 32);
        };
        boolean odd = random.nextInt(10) == 0;
        return switch (type) {
            case "oid" -> odd ? "NULL" : number + "::oid";
            case "bigint" ->
                odd ? List.of("NULL", "-5000", "-9223372036854775808").get(random.nextInt(3)) : "" + number;
            default ->
                odd
                        ? List.of("NULL", "''", "'x'", "'12345678901'", "'-4096'")
                                .get(random.nextInt(5))
                        : "'" + number + "'";
        };
    }

    private void insert(int from, int to, String type) throws SQLException {
        StringBuilder rows = new StringBuilder("INSERT INTO f (id, o) VALUES ");
        rows.append(String.join(
                ", ",
                IntStream.range(from, to)
                        .mapToObj(i -> "(" + i + ", " + oid(type) + ")")
                        .toList()));
        database.execute(rows.toString());
    }

    private void everyRowHasOneShardForGood(String type, SourceMapping mapping) throws SQLException {
        database.execute("CREATE TABLE f (id int PRIMARY KEY, o " + type + ", done text)");
        Map<String, Integer> before = new HashMap<>();
        for (int grown = 0; grown < 3; grown++) {
            insert(grown * 400, grown * 400 + 400, type);
            try (Connection connection = database.connect()) {
                SourceSql sql = resolved(connection, mapping);
                int count = LISTED_SHARDS;
                List<List<String>> shards = listed(connection, sql, count);
                assertThat(shards.stream().flatMap(List::stream).toList())
                        .as("seed " + seed + ", " + type)
                        .containsExactlyInAnyOrderElementsOf(all());
                for (int i = 0; i < count; i++) {
                    int shard = i;
                    assertThat(pending(connection, sql.ofShard(Optional.of(new Shard(i + 1, count)))))
                            .isEqualTo(shards.get(i).size());
                    shards.get(i)
                            .forEach(key -> assertThat(before.getOrDefault(key, shard))
                                    .as("shard of row " + key + ", seed " + seed)
                                    .isEqualTo(shard));
                    shards.get(i).forEach(key -> before.put(key, shard));
                }
            }
        }
        sumOfCountsIsAll(mapping);
    }

    /** Of other numbers of shards, by counting. */
    private void sumOfCountsIsAll(SourceMapping mapping) throws SQLException {
        try (Connection connection = database.connect()) {
            SourceSql sql = resolved(connection, mapping);
            for (int count : COUNTS) {
                long sum = 0;
                for (int number = 1; number <= count; number++) {
                    sum += pending(connection, sql.ofShard(Optional.of(new Shard(number, count))));
                }
                assertThat(sum).as(count + " shards, seed " + seed).isEqualTo(all().size());
            }
        }
    }

    @Test
    void rowsWithOids() throws Exception {
        everyRowHasOneShardForGood("oid", mapping("", "t.o"));
    }

    @Test
    void rowsWithIntegers() throws Exception {
        everyRowHasOneShardForGood("bigint", mapping("", "t.o"));
    }

    @Test
    void rowsWithText() throws Exception {
        everyRowHasOneShardForGood("text", mapping("", "t.o"));
    }

    @Test
    void rowsWhoseObjectIsNamedByAJoin() throws Exception {
        everyRowHasOneShardForGood(
                "bigint", mapping("LEFT JOIN (SELECT id AS n, o AS of FROM f) j ON j.n = t.id", "j.of"));
    }

    /** Objects that lie together on the disk go to one shard, and rows that share an object too. */
    @Test
    void regionsOfTheDiskStayTogether() throws Exception {
        database.execute("CREATE TABLE f (id int PRIMARY KEY, o oid, done text);"
                + " INSERT INTO f SELECT g, 40960 + g / 2 FROM generate_series(0, 8191) g");
        try (Connection connection = database.connect()) {
            List<List<String>> shards = listed(connection, resolved(connection, mapping("", "t.o")), 4);
            assertThat(shards.stream().filter(keys -> !keys.isEmpty())).hasSize(1);
            assertThat(shards.get(10 % 4)).hasSize(8192);
        }
    }

    /** A join that gives two objects for a row is ambiguous for the shard that has the row, and for no other. */
    @Test
    void ambiguousRowIsSeenWhole() throws Exception {
        database.execute(
                "CREATE TABLE f (id int PRIMARY KEY, done text); CREATE TABLE g (f int, o oid);"
                        + " INSERT INTO f SELECT g FROM generate_series(1, 50) g;"
                        + " INSERT INTO g SELECT i, 4096 * i + 4096 * k FROM generate_series(1, 50) i, generate_series(1, 2) k");
        try (Connection connection = database.connect()) {
            SourceSql sql = resolved(connection, mapping("JOIN g ON g.f = t.id", "g.o"));
            List<String> ambiguous = new ArrayList<>();
            for (int number = 1; number <= 5; number++) {
                rows(connection, sql.ofShard(Optional.of(new Shard(number, 5))))
                        .forEach(row -> ambiguous.add(row.keyText()
                                + row.malformed()
                                        .map(failure -> " " + failure.reason())
                                        .orElse("")));
            }
            assertThat(ambiguous).hasSize(50).doesNotHaveDuplicates().allMatch(text -> text.endsWith(" AMBIGUOUS"));
        }
    }

    /** A row for which an expression fails is one shard's too: the first one's if its oid cannot be told. */
    @Test
    void rowWhoseExpressionFailsIsReportedOnce() throws Exception {
        database.execute("CREATE TABLE f (id int PRIMARY KEY, o text, n text, done text);"
                + " INSERT INTO f SELECT g, (4096 * g)::text, '1' FROM generate_series(1, 40) g;"
                + " UPDATE f SET o = 'bad' WHERE id = 5; UPDATE f SET n = 'bad' WHERE id = 7");
        SourceMapping mapping = mapping("", "t.o::int8 + t.n::int8 * 0");
        try (Connection connection = database.connect()) {
            List<List<String>> shards = listed(connection, resolved(connection, mapping), 4);
            assertThat(shards.stream().flatMap(List::stream)).hasSize(40).doesNotHaveDuplicates();
            assertThat(shards.get(0)).contains("5", "7");
        }
        SourceMapping size = Mappings.of("f")
                .oid("t.o::text")
                .size("t.n::int8")
                .stateColumn("done")
                .mapping();
        database.execute("UPDATE f SET o = '20480' WHERE id = 5");
        try (Connection connection = database.connect()) {
            List<List<String>> shards = listed(connection, resolved(connection, size), 4);
            assertThat(shards.stream().flatMap(List::stream)).hasSize(40).doesNotHaveDuplicates();
            assertThat(shards.get(7 % 4)).contains("7");
        }
    }
}
