package ch.tocco.lomigrate.source;

import static ch.tocco.lomigrate.mapping.SourceMapping.ALIAS;
import static ch.tocco.lomigrate.mapping.SourceMapping.quoted;
import static java.util.stream.Collectors.joining;

import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.mapping.SourceMapping.StateColumn;
import ch.tocco.lomigrate.source.Resolution.KeyColumn;
import ch.tocco.lomigrate.source.Resolution.OidType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Every SQL text that touches the source's tables or the large objects, built from a {@link SourceMapping}. Names are
 * quoted; values are parameters, or numbers. Functions are named with their schema, whatever the search path is, but for
 * {@code unnest} of several arrays, which is syntax.
 */
public final class SourceSql {
    /** What each update of a row changes, and the row keeps when it is frozen. */
    static final String VERSION = "t.xmin::text";

    /** What rows of the state are called that are read together; no source uses it as an alias. */
    private static final String NEAR = "lo_near";

    private final SourceMapping mapping;
    private final Resolution types;
    private final Optional<Shard> shard;
    private final String table;
    private final String oid;

    /** Of the table that the search path finds. */
    public SourceSql(SourceMapping mapping) {
        this(mapping, Resolution.unasked(mapping), Optional.empty());
    }

    SourceSql(SourceMapping mapping, Resolution types) {
        this(mapping, types, Optional.empty());
    }

    private SourceSql(SourceMapping mapping, Resolution types, Optional<Shard> shard) {
        this.mapping = mapping;
        this.types = types;
        this.shard = shard;
        this.table = new SourceMapping.Table(types.schema(), mapping.table().name()).toString();
        this.oid = expression(mapping.content().expression());
    }

    /** Of the table in this schema, whatever a session's search path is. */
    public SourceSql inSchema(String schema) {
        return new SourceSql(mapping, types.inSchema(schema), shard);
    }

    /** With its state in this table of the tool, qualified and quoted. */
    public SourceSql withState(String stateTable) {
        return new SourceSql(mapping, types.withState(stateTable), shard);
    }

    /** Of the rows of this shard only, for what lists, counts and shows rows that are pending; empty: of all rows. */
    public SourceSql ofShard(Optional<Shard> only) {
        return new SourceSql(mapping, types, only);
    }

    /** The table behind an alias that is written to, qualified and quoted. */
    public String target(String alias) {
        return types.targets().get(alias).table();
    }

    /** What a column of the key is called in a table of the tool: there it must not meet the tool's own columns. */
    static String stateKey(String column) {
        return "key_" + column;
    }

    public SourceMapping mapping() {
        return mapping;
    }

    public Resolution types() {
        return types;
    }

    /** The table's name, quoted; also what {@code to_regclass} takes. */
    public String table() {
        return table;
    }

    /** The name of the column that is NULL while a row is pending. */
    public String stateColumn() {
        return column().name();
    }

    private StateColumn column() {
        if (mapping.state() instanceof StateColumn column) {
            return column;
        }
        throw new IllegalStateException("the state of " + table + " is in no column");
    }

    /** The expression of the oid, or of the bytes in the row, as one operand. */
    String oid() {
        return oid;
    }

    /** What is written to a table that is shaped like the default one. */
    public HashSql hashes() {
        return new HashSql(this);
    }

    /** How many rows there are, and how many are pending. */
    public CountSql counts() {
        return new CountSql(this);
    }

    /** What makes the column of the state UNIQUE and NOT NULL. */
    public FinalizeSql finalizing() {
        return new FinalizeSql(this);
    }

    /** The columns of the key, for messages. */
    public String keyColumns() {
        return types.key().stream().map(KeyColumn::name).collect(joining(", "));
    }

    /** A column needs none: anything else would not stay one operand. */
    private static String expression(String text) {
        return text.matches("t\\.\"([^\"]|\"\")*\"") ? text : "(" + SqlText.prepared(text) + ")";
    }

    String from() {
        return table + " " + ALIAS + (mapping.join().isEmpty() ? "" : " " + SqlText.prepared(mapping.join()));
    }

    /** What holds for rows that are pending. */
    private String pending() {
        return isPending() + andWhere();
    }

    /** The condition of the rows that are meant, after another one; empty: all are. */
    String andWhere() {
        String where = mapping.where().isEmpty() ? "" : " AND (" + SqlText.prepared(mapping.where()) + ")";
        String only = mapping.only().isEmpty() ? "" : " AND " + key() + " IN (SELECT * FROM " + wantedKeys() + " o)";
        return where
                + only
                + shard.map(mine -> " AND " + membership().isOf(mine)).orElse("");
    }

    /** Some pending rows: the columns of the key, then what names the content. Parameter: how many. */
    public String somePendingRows() {
        return "SELECT " + keys().map(key -> key + "::text").collect(joining(", ")) + ", "
                + (isInRow() ? VERSION : oid + "::text") + " FROM " + from() + " WHERE " + pending() + " LIMIT ?";
    }

    /** The keys of the rows that are meant, as a table. */
    private String wantedKeys() {
        return IntStream.range(0, types.key().size())
                .mapToObj(i -> mapping.only().stream()
                        .map(key -> SqlText.literal(key.get(i)))
                        .collect(joining(
                                ",",
                                "ARRAY[",
                                "]::text[]::" + types.key().get(i).type() + "[]")))
                .collect(joining(", ", "unnest(", ")"));
    }

    /** How many of the keys that are meant have no row; an error where one of them is none. */
    public String missingKeys() {
        return "SELECT pg_catalog.count(*) FROM " + wantedKeys() + " lo_wanted(" + keyNames() + ") LEFT JOIN " + table
                + " " + ALIAS + " ON " + keyMatches("lo_wanted") + " WHERE "
                + keys().findFirst().orElseThrow()
                + " IS NULL";
    }

    Membership membership() {
        return new Membership(mapping, types, oid);
    }

    /** Whether the rows between two addresses, the second excluded, belong to the shard. Evaluates the oid only. */
    public String memberBetween() {
        return "SELECT " + shard.map(membership()::isOf).orElse("true") + " FROM " + from()
                + " WHERE t.ctid >= ?::text::tid AND t.ctid < ?::text::tid";
    }

    /** The shard whose rows are meant; empty: all rows are. */
    public Optional<Shard> shard() {
        return shard;
    }

    /**
     * Of a state in a table of this tool: one look into its index for each row. OFFSET keeps the planner from making a join
     * of it, which would read the whole of that table for each page.
     */
    String isPending() {
        if (types.stateTable().isEmpty()) {
            return state() + " IS NULL";
        }
        return "NOT EXISTS (SELECT 1 FROM " + types.stateTable().get() + " lo_state WHERE " + stateKeyMatches()
                + " AND " + isRecorded() + " OFFSET 0)";
    }

    /** That the state of a row is about the content that it has now. */
    String isRecorded() {
        return isInRow()
                ? isSame("lo_state.row_version", "lo_state.sha256")
                : isSame("lo_state.oid::int8", "lo_state.sha256");
    }

    String stateKeyMatches() {
        return types.key().stream()
                .map(key -> "lo_state." + quoted(stateKey(key.name())) + " = t." + quoted(key.name()))
                .collect(joining(" AND "));
    }

    /** The column of the state, behind its alias. */
    String state() {
        return column().alias() + "." + quoted(column().name());
    }

    /** Whether the content is in the row itself. */
    boolean isInRow() {
        return types.oid() == OidType.BYTES;
    }

    /**
     * Whether the row names the object of this number; of content in the row, whether it has this version or, after an
     * update of other columns, this SHA-256, which PostgreSQL computes only then.
     *
     * @param sha256 an expression of its bytes
     */
    String isSame(String number, String sha256) {
        return switch (types.oid()) {
            case BYTES -> "(" + VERSION + " = " + number + " OR pg_catalog.sha256(" + oid + ") = " + sha256 + ")";
            case OID -> oid + " = " + number.replace("::int8", "") + "::oid";
            case INTEGER -> oid + "::int8 = " + number;
            case TEXT -> oid + "::text = (" + number + ")::text";
        };
    }

    private Stream<String> keys() {
        return types.key().stream().map(column -> ALIAS + "." + quoted(column.name()));
    }

    /** The key as one operand. */
    String key() {
        return types.key().size() == 1 ? keys().findFirst().orElseThrow() : keys().collect(joining(", ", "(", ")"));
    }

    /** Parameters for many keys, as unnest takes them: a {@code text[]} for each column. */
    String keyArrays() {
        return types.key().stream()
                .map(column -> "?::text[]::" + column.type() + "[]")
                .collect(joining(", "));
    }

    /** What the columns of an alias are called that holds many keys. */
    String keyNames() {
        return IntStream.range(0, types.key().size()).mapToObj(i -> "k" + i).collect(joining(", "));
    }

    /** That a row has a key of that alias. */
    String keyMatches(String alias) {
        return IntStream.range(0, types.key().size())
                .mapToObj(i -> ALIAS + "." + quoted(types.key().get(i).name()) + " = " + alias + ".k" + i)
                .collect(joining(" AND "));
    }

    private String keyOrder() {
        return keys().collect(joining(", "));
    }

    private String keyIsNull(boolean isNull) {
        return isNull
                ? keys().map(key -> key + " IS NULL").collect(joining(" OR ", "(", ")"))
                : keys().map(key -> key + " IS NOT NULL").collect(joining(" AND "));
    }

    /** Pending rows in the blocks from the first parameter to before the second. A TID range scan: PostgreSQL 14. */
    public String pendingInBlocks() {
        return select() + " WHERE t.ctid >= ('(' || ?::int8 || ',0)')::tid AND t.ctid < ('(' ||"
                + " ?::int8 || ',0)')::tid AND " + pending();
    }

    /**
     * The same for older servers: every address that a row can have there, some 300 a block (a row takes at least a
     * header of 24 bytes and a pointer of 4, see MaxHeapTuplesPerPage). 30 times slower, 300,000 rows a second.
     */
    public String pendingAtAddresses() {
        return select() + " WHERE t.ctid = ANY (ARRAY(SELECT ('(' || b || ',' || i ||"
                + " ')')::tid FROM pg_catalog.generate_series(?::int8, ?::int8 - 1) b,"
                + " pg_catalog.generate_series(1, pg_catalog.current_setting('block_size')::int / 28) i)) AND "
                + pending();
    }

    /** Pending rows without a key. Parameters: how many, and how many of them to leave out. */
    public String pendingWithoutKey() {
        return select() + " WHERE " + pending() + " AND " + keyIsNull(true) + " ORDER BY "
                + (isInRow() ? "t.ctid" : oid) + " LIMIT ? OFFSET ?";
    }

    /**
     * Pending rows of one key, in the order of their oids. Parameters: the key as it is stored, the oid after which they
     * begin, and how many. One without an oid has the place of -1.
     */
    public String pendingOfKey() {
        String number = isInRow()
                ? "NULL::int8"
                : types.oid() == OidType.TEXT
                        ? "CASE WHEN " + oid + " ~ '^[0-9]{1,10}$' THEN " + oid + "::int8 END"
                        : oid + "::int8";
        String place = "coalesce(" + number + ", -1)";
        return select() + " WHERE " + pending() + " AND " + key() + " = " + keyParameters() + " AND " + place
                + " > ? ORDER BY " + place + " LIMIT ?";
    }

    /** The first pending rows in the order of their keys; parameter: how many. */
    public String firstPendingByKey() {
        return select() + " WHERE " + pending() + " AND " + keyIsNull(false) + " ORDER BY " + keyOrder() + " LIMIT ?";
    }

    /** Pending rows whose key is larger than the first parameters, its stored bytes, in that order; last: how many. */
    public String nextPendingByKey() {
        return select() + " WHERE " + pending() + " AND " + key() + " > " + keyParameters() + " ORDER BY " + keyOrder()
                + " LIMIT ?";
    }

    private String keyParameters() {
        String parameters = types.key().stream()
                .map(column -> "pg_catalog.convert_from(?, " + encoding() + ")::" + column.type())
                .collect(joining(", "));
        return types.key().size() == 1 ? parameters : "(" + parameters + ")";
    }

    private String select() {
        return "SELECT " + String.join(", ", listed()) + " FROM " + from();
    }

    /**
     * What a listing has of a row, as far as the mapping has an expression for it: the columns of the key, the oid or, of
     * content in the row, version and length, then the size, the checksum unless {@link #checksumKey} has it, content type, file name, metadata, expressions of the key.
     */
    private List<String> listed() {
        List<String> columns = new ArrayList<>();
        keys().forEach(key -> columns.add(stored(key)));
        if (isInRow()) {
            columns.add("CASE WHEN " + oid + " IS NOT NULL THEN " + VERSION + " END");
            columns.add("pg_catalog.octet_length(" + oid + ")::int8");
        } else {
            columns.add(oid + (types.oid() == OidType.TEXT ? "::text" : "::int8"));
        }
        mapping.size().ifPresent(size -> columns.add(expression(size) + (types.textSize() ? "::text" : "::int8")));
        if (checksumKey() < 0) {
            mapping.checksum().ifPresent(checksum -> columns.add(stored(checksum.expression())));
        }
        mapping.mimeType().ifPresent(expression -> columns.add(stored(expression)));
        mapping.fileName().ifPresent(expression -> columns.add(stored(expression)));
        mapping.metadata().values().forEach(expression -> columns.add(stored(expression)));
        mapping.keyExpressions().values().forEach(expression -> columns.add(stored(expression)));
        if (listsFormer()) {
            columns.add("(SELECT lo_state.sha256 FROM " + types.stateTable().orElseThrow() + " lo_state WHERE "
                    + stateKeyMatches() + " OFFSET 0)");
        }
        return columns;
    }

    /**
     * Whether a listing has, last, the SHA-256 of what the row has in the bucket already; NULL: nothing. Only where no other
     * row can have that object key, as its object would be replaced too.
     */
    public boolean listsFormer() {
        return hasStateTable()
                && mapping.protectsObjects()
                && types.key().size() == 1
                && mapping.objectKey().isOnly(types.key().get(0).name());
    }

    /** Position of the key column that is the checksum too, from 0; -1: none is. */
    public int checksumKey() {
        return mapping.checksum()
                .map(c -> keys().toList().indexOf(c.expression()))
                .orElse(-1);
    }

    /** What an expression gives, as text in the bytes of {@link #encoding}: for one that is not in it. */
    private String stored(String expression) {
        return "pg_catalog.convert_to(" + expression(expression) + "::text, " + encoding() + ")";
    }

    /**
     * Where a bad hash can be told by its bytes, those that are stored: a text that the database's encoding does not have
     * would end the whole page.
     */
    private String encoding() {
        return mapping.complete() ? "pg_catalog.getdatabaseencoding()" : "'UTF8'";
    }

    /** The same for messages, with escapes for what is not ASCII. */
    String shownKey() {
        return keys().map(key -> "pg_catalog.encode(" + stored(key) + ", 'escape')")
                .collect(joining(" || ', ' || "));
    }

    /**
     * Oids of some pending rows: to try whether they may be read. Looks at the first rows of the table only, as finding
     * the last pending one of millions takes long.
     *
     * @param stateExists false: all rows are pending
     */
    public String somePendingOids(boolean stateExists) {
        String pending = stateExists ? "first.p AND " : "";
        String first = "SELECT " + oid + " AS o" + (stateExists ? ", " + isPending() + " AS p" : "") + " FROM " + from()
                + " WHERE true" + andWhere() + " LIMIT 100000";
        String isOid = types.oid() == OidType.TEXT ? "first.o ~ '^[1-9][0-9]{0,9}$'" : "first.o <> 0";
        return "SELECT first.o::int8 FROM (" + first + ") first WHERE " + pending + isOid + " LIMIT 20";
    }

    /** Pending rows between two addresses, the second excluded: to find the one that an expression fails for. */
    public String pendingBetween() {
        return select() + " WHERE t.ctid >= ?::text::tid AND t.ctid < ?::text::tid AND " + pending();
    }

    /**
     * The same where most rows are done and the state of those rows lies in certain blocks of its table: joins these blocks,
     * and looks into the index only for what they do not have. What is found does not depend on the choice of the blocks.
     *
     * @param fromBlock of the table of the state
     * @param toBlock excluded
     */
    public String pendingBetweenNear(long fromBlock, long toBlock) {
        int keys = types.key().size();
        String near = "(SELECT "
                + types.key().stream().map(key -> quoted(stateKey(key.name()))).collect(joining(", "))
                + (isInRow() ? ", row_version" : ", oid") + " FROM "
                + types.stateTable().orElseThrow()
                + " WHERE ctid >= '(" + fromBlock + ",0)'::tid AND ctid < '(" + toBlock + ",0)'::tid OFFSET 0) " + NEAR
                + "(" + keyNames() + ", lo_number)";
        String same = isInRow() ? VERSION + " = " + NEAR + ".lo_number" : isSame(NEAR + ".lo_number::int8", "NULL");
        // The key's own column tells whether a row was found, so that nothing is computed for those that have none.
        return "SELECT " + String.join(", ", listed()) + " FROM " + table + " " + ALIAS + " LEFT JOIN " + near + " ON "
                + keyMatches(NEAR)
                + (mapping.join().isEmpty() ? "" : " " + SqlText.prepared(mapping.join()))
                + " WHERE t.ctid >= ?::text::tid AND t.ctid < ?::text::tid AND CASE WHEN "
                + IntStream.range(0, keys)
                        .mapToObj(i -> NEAR + ".k" + i + " IS NOT NULL")
                        .collect(joining(" AND "))
                + " AND " + same + " THEN false ELSE " + isPending() + " END" + andWhere();
    }

    /** Where the state has the rows at some addresses; NULL: it has none. Parameter: {@code text[]} addresses. */
    public String stateAddresses() {
        return "SELECT (SELECT lo_state.ctid::text FROM " + types.stateTable().orElseThrow() + " lo_state WHERE "
                + stateKeyMatches() + " OFFSET 0) FROM " + table + " " + ALIAS
                + " WHERE t.ctid = ANY (?::text[]::tid[])";
    }

    /** Whether the state is in a table of this tool. */
    public boolean hasStateTable() {
        return types.stateTable().isPresent();
    }

    /** The addresses and keys of all rows between two addresses, the second excluded. Evaluates no expression. */
    public String keysBetween() {
        return "SELECT t.ctid::text, " + keys().map(this::stored).collect(joining(", ")) + " FROM " + table + " "
                + ALIAS + " WHERE t.ctid >= ?::text::tid AND t.ctid < ?::text::tid";
    }

    /** Keeps the planner from custom plans, which flip to a hash join over the whole table. */
    public static String forceGenericPlan() {
        return "SET plan_cache_mode = force_generic_plan";
    }

    /**
     * For a session that lists page after page: what each page looks up in a joined table is in the cache for the next one,
     * or else the planner would read the whole of that table for each of them; and no page is worth several processes.
     */
    public static List<String> pageByPage() {
        return List.of("SET random_page_cost = 1.1", "SET max_parallel_workers_per_gather = 0");
    }

    /** Has the server cancel what takes longer. */
    public static String statementTimeout(Duration most) {
        return "SET statement_timeout = " + most.toMillis();
    }

    /** Has the server cancel what waits longer for one lock. */
    public static String lockTimeout(Duration most) {
        return "SET lock_timeout = " + most.toMillis();
    }

    public String addState() {
        return "ALTER TABLE " + table + " ADD COLUMN IF NOT EXISTS " + quoted(stateColumn()) + " character(64)";
    }
}
