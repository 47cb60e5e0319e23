package ch.tocco.lomigrate.source;

import static ch.tocco.lomigrate.mapping.SourceMapping.ALIAS;
import static ch.tocco.lomigrate.mapping.SourceMapping.quoted;
import static java.util.stream.Collectors.joining;

import ch.tocco.lomigrate.lo.RowContent.InRow;
import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import ch.tocco.lomigrate.lo.SourceRow.Identity;
import ch.tocco.lomigrate.mapping.SourceMapping.Assignment;
import ch.tocco.lomigrate.mapping.SourceMapping.StateColumn;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.Resolution.Target;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;

/**
 * Writes what is to be set in rows whose objects are safe, in the transaction of the caller: locks the rows that no other
 * transaction has locked, with what each expression gives for them, then updates one table after the other, then the
 * tool's own state. No WITH, which PostgreSQL refuses on tables with {@code DO ALSO} rules. For one connection and thread.
 */
public final class CommitRows {
    /** What this tool's parameters are called in the statements; no source uses it as an alias. */
    private static final String GIVEN = "lo_given";

    private final Connection connection;
    private final SourceSql sql;
    private final String bucket;
    private final List<Stored> rows;

    /**
     * An object that is safe.
     *
     * @param row as it was listed
     * @param objectKey its name in the bucket
     * @param sha256 of its content
     * @param etag what the store answered; null: nothing
     * @param size in bytes
     */
    public record Stored(Identity row, String objectKey, String sha256, String etag, long size) {}

    /** A row of a table, found with a lock on it. */
    private record Found(
            int position, List<String> values, Map<String, String> addresses, String before, String version) {}

    /**
     * Of certain rows, no two the same.
     *
     * @param bucket what {@code :bucket} stands for
     */
    public CommitRows(Connection connection, SourceSql sql, String bucket, List<Stored> rows) {
        this.connection = connection;
        this.sql = sql;
        this.bucket = bucket;
        this.rows = rows;
    }

    /** What an expression looks like where there is nothing to set yet. */
    static String tried(String expression) {
        return SqlText.prepared(
                expression,
                Map.of(
                        "key", "NULL::text",
                        "sha256", "NULL::text",
                        "etag", "NULL::text",
                        "bucket", "NULL::text",
                        "size", "NULL::int8"));
    }

    /**
     * Writes the rows that are as they were listed, pending, and locked by no other transaction.
     *
     * @return positions of the rows that are written, from 0
     * @throws SQLException also where a column that holds the state is still NULL afterwards; nothing may be committed
     *     then
     */
    public Set<Integer> write() throws SQLException {
        List<Found> found = find();
        Set<Integer> positions = new LinkedHashSet<>();
        found.forEach(row -> positions.add(row.position));
        for (String alias : aliases()) {
            update(alias, found);
        }
        if (sql.types().stateTable().isPresent() && !found.isEmpty()) {
            record(sql.isInRow() && !sql.mapping().set().isEmpty() ? updated(found) : found);
        }
        return positions;
    }

    /** How many statements {@link #write} sends at most. */
    public int statements() {
        int besides = 3; // finds the rows, finds them once more where content is in them, records them
        return aliases().size() + besides;
    }

    /** Positions of the rows that {@link #write} would write. Locks them until the end of the transaction. */
    public Set<Integer> unlocked() throws SQLException {
        Set<Integer> positions = new LinkedHashSet<>();
        find().forEach(row -> positions.add(row.position));
        return positions;
    }

    /**
     * Looks the rows up.
     *
     * @return by position, from 0: "" while the row is pending, its own SHA-256 where it is done, something else where
     *     another writer has set it; no entry for one that vanished or names another object
     */
    public Map<Integer, String> lookUp() throws SQLException {
        Map<Integer, String> states = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + GIVEN + ".i, " + now() + joined())) {
            bind(statement);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    states.merge(result.getInt(1) - 1, result.getString(2), (a, b) -> a.isEmpty() ? a : b);
                }
            }
        }
        return states;
    }

    /** What the state says of a row. */
    private String now() {
        if (sql.types().stateTable().isPresent()) {
            return "CASE WHEN " + sql.isPending() + " THEN '' ELSE " + GIVEN + ".sha256 END";
        }
        StateColumn state = (StateColumn) sql.mapping().state();
        String column = state.alias() + "." + quoted(state.name());
        String own = sql.mapping().set().stream()
                .filter(set -> set.alias().equals(state.alias()) && set.column().equals(state.name()))
                .map(set -> "(" + given(set.expression()) + ")::text::" + type(set) + "::text")
                .findFirst()
                .orElse("NULL");
        return "CASE WHEN " + column + " IS NULL THEN '' WHEN " + column + "::text = " + own + " THEN " + GIVEN
                + ".sha256 ELSE " + column + "::text END";
    }

    private List<Found> find() throws SQLException {
        List<Assignment> set = sql.mapping().set();
        List<String> others = aliases().stream().filter(a -> !a.equals(ALIAS)).toList();
        StringBuilder query = new StringBuilder("SELECT ").append(GIVEN).append(".i");
        set.forEach(each -> query.append(", (").append(given(each.expression())).append(")::text"));
        others.forEach(alias -> query.append(", ").append(alias).append(".ctid::text"));
        query.append(", ").append(before());
        query.append(", ").append(sql.isInRow() ? SourceSql.VERSION : "NULL");
        query.append(joined()).append(" AND ").append(sql.isPending());
        // nothing is set: then nothing needs be locked either, and a row that changes now is pending again
        if (!set.isEmpty()) {
            query.append(aliases().stream().collect(joining(", ", " FOR UPDATE OF ", " SKIP LOCKED")));
        }
        List<Found> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(query.toString())) {
            bind(statement);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    found.add(found(result, set.size(), others));
                }
            }
        }
        return found;
    }

    private static Found found(ResultSet result, int values, List<String> others) throws SQLException {
        List<String> set = new ArrayList<>(values);
        for (int i = 0; i < values; i++) {
            set.add(result.getString(2 + i));
        }
        Map<String, String> addresses = new HashMap<>();
        for (int i = 0; i < others.size(); i++) {
            addresses.put(others.get(i), result.getString(2 + values + i));
        }
        int next = 2 + values + others.size();
        return new Found(result.getInt(1) - 1, set, addresses, result.getString(next), result.getString(next + 1));
    }

    /** The values that will be replaced, as JSON. */
    private String before() {
        List<Assignment> set = sql.mapping().set();
        if (set.isEmpty() || sql.types().stateTable().isEmpty()) {
            return "NULL";
        }
        return set.stream()
                .map(each -> "'" + (each.alias() + "." + each.column()).replace("'", "''") + "', " + each.alias() + "."
                        + quoted(each.column()))
                .collect(joining(", ", "pg_catalog.jsonb_build_object(", ")::text"));
    }

    /** Content in the row: its versions now that this transaction has updated the rows, which it has locked before. */
    private List<Found> updated(List<Found> found) throws SQLException {
        String query = "SELECT " + GIVEN + ".i, " + SourceSql.VERSION + " FROM unnest(" + sql.keyArrays()
                + ") WITH ORDINALITY " + GIVEN + "(" + sql.keyNames() + ", i) JOIN " + sql.table() + " " + ALIAS
                + " ON "
                + sql.keyMatches(GIVEN);
        List<Found> updated = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            bindKeys(
                    statement,
                    found.stream()
                            .map(row -> rows.get(row.position).row().key().values())
                            .toList());
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    Found row = found.get(result.getInt(1) - 1);
                    updated.add(new Found(row.position, row.values, row.addresses, row.before, result.getString(2)));
                }
            }
        }
        return updated;
    }

    /** Records that rows are done, with what is needed to make their large objects once more. */
    private void record(List<Found> found) throws SQLException {
        String keys = sql.types().key().stream()
                .map(key -> quoted(SourceSql.stateKey(key.name())))
                .collect(joining(", "));
        List<String> columns =
                new ArrayList<>(List.of("object_key", "sha256", "size", "etag", "set_before", "stored_at"));
        columns.addAll(sql.isInRow() ? List.of("row_version") : List.of("oid", "owner", "acl", "comment"));
        String content = sql.isInRow()
                ? "o"
                : "o::oid, m.lomowner::regrole::text, m.lomacl::text[],"
                        + " pg_catalog.obj_description(o::oid, 'pg_largeobject')";
        String query = "INSERT INTO " + sql.types().stateTable().orElseThrow() + " AS s (" + keys + ", "
                + String.join(", ", columns) + ") SELECT " + sql.keyNames()
                + ", object_key, pg_catalog.decode(sha256, 'hex'), size, etag, before::jsonb, pg_catalog.now(), "
                + content + " FROM unnest(" + sql.keyArrays() + ", " + contentArray()
                + ", ?::text[], ?::text[], ?::text[], ?::int8[], ?::text[]) " + GIVEN + "(" + sql.keyNames()
                + ", o, object_key, sha256, etag, size, before)"
                + (sql.isInRow() ? "" : " LEFT JOIN pg_catalog.pg_largeobject_metadata m ON m.oid = o::oid")
                + " ON CONFLICT (" + keys + ") DO UPDATE SET (" + String.join(", ", columns)
                + ", version_id, part_size, verified_at, verified_level, damaged, purged_at, purge_xid) = ("
                + columns.stream().map(column -> "excluded." + column).collect(joining(", "))
                + ", NULL, NULL, NULL, NULL, NULL, NULL, NULL)";
        List<Stored> stored = found.stream().map(this::asFound).toList();
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            int at = bind(statement, stored);
            statement.setArray(at, texts(found.stream().map(Found::before).toArray(String[]::new)));
            statement.executeUpdate();
        }
    }

    /** With the version that the row has now, of content in the row. */
    private Stored asFound(Found found) {
        Stored stored = rows.get(found.position);
        return sql.isInRow()
                ? new Stored(
                        new Identity(stored.row.key(), new InRow(found.version)),
                        stored.objectKey,
                        stored.sha256,
                        stored.etag,
                        stored.size)
                : stored;
    }

    /** The parameter for what the rows named when they were listed. */
    private String contentArray() {
        return sql.isInRow() ? "?::text[]" : "?::int8[]";
    }

    /** The tables that something is set in. */
    private Set<String> aliases() {
        Set<String> aliases = new LinkedHashSet<>();
        aliases.add(ALIAS);
        sql.mapping().set().forEach(each -> aliases.add(each.alias()));
        return aliases;
    }

    private String joined() {
        return " FROM unnest(" + sql.keyArrays() + ", " + contentArray()
                + ", ?::text[], ?::text[], ?::text[], ?::int8[])"
                + " WITH ORDINALITY " + GIVEN + "(" + sql.keyNames() + ", o, object_key, sha256, etag, size, i)"
                + " JOIN " + sql.from() + " ON " + sql.keyMatches(GIVEN) + " WHERE "
                + sql.isSame(GIVEN + ".o", "pg_catalog.decode(" + GIVEN + ".sha256, 'hex')");
    }

    private String given(String expression) {
        return SqlText.prepared(
                expression,
                Map.of(
                        "key", GIVEN + ".object_key",
                        "sha256", GIVEN + ".sha256",
                        "etag", GIVEN + ".etag",
                        "bucket", "'" + bucket.replace("'", "''") + "'::text",
                        "size", GIVEN + ".size"));
    }

    private void bind(PreparedStatement statement) throws SQLException {
        bind(statement, rows);
    }

    /** Sets parameters from the first on; says which is the next. */
    private int bind(PreparedStatement statement, List<Stored> some) throws SQLException {
        int at = bindKeys(
                statement, some.stream().map(row -> row.row().key().values()).toList());
        PGConnection pg = connection.unwrap(PGConnection.class);
        statement.setArray(at++, contents(pg, some));
        statement.setArray(at++, texts(some.stream().map(Stored::objectKey).toArray(String[]::new)));
        statement.setArray(at++, texts(some.stream().map(Stored::sha256).toArray(String[]::new)));
        statement.setArray(at++, texts(some.stream().map(Stored::etag).toArray(String[]::new)));
        statement.setArray(
                at++,
                pg.createArrayOf("int8", some.stream().mapToLong(Stored::size).toArray()));
        return at;
    }

    private Array contents(PGConnection pg, List<Stored> some) throws SQLException {
        return sql.isInRow()
                ? texts(some.stream()
                        .map(row -> ((InRow) row.row().content()).version())
                        .toArray(String[]::new))
                : pg.createArrayOf(
                        "int8",
                        some.stream()
                                .mapToLong(row -> ((LargeObject) row.row().content()).oid())
                                .toArray());
    }

    private int bindKeys(PreparedStatement statement, List<List<String>> keys) throws SQLException {
        int columns = sql.types().key().size();
        for (int i = 0; i < columns; i++) {
            int column = i;
            statement.setArray(
                    1 + i, texts(keys.stream().map(key -> key.get(column)).toArray(String[]::new)));
        }
        return 1 + columns;
    }

    private Array texts(String[] values) throws SQLException {
        return connection.createArrayOf("text", values);
    }

    private String type(Assignment set) {
        return sql.types().targets().get(set.alias()).types().get(set.column());
    }

    private void update(String alias, List<Found> found) throws SQLException {
        List<Assignment> all = sql.mapping().set();
        int[] mine = IntStream.range(0, all.size())
                .filter(i -> all.get(i).alias().equals(alias))
                .toArray();
        if (mine.length == 0 || found.isEmpty()) {
            return;
        }
        Map<String, Found> distinct = new LinkedHashMap<>();
        found.forEach(row -> distinct.putIfAbsent(
                alias.equals(ALIAS) ? Integer.toString(row.position) : row.addresses.get(alias), row));
        List<Found> updated = List.copyOf(distinct.values());
        Target target = sql.types().targets().get(alias);
        String values = IntStream.of(mine).mapToObj(i -> "v" + i).collect(joining(", "));
        String assignments = IntStream.of(mine)
                .mapToObj(i -> quoted(all.get(i).column()) + " = " + GIVEN + ".v" + i + "::" + type(all.get(i)))
                .collect(joining(", "));
        boolean byKey = alias.equals(ALIAS);
        String query = "UPDATE " + target.table() + " " + alias + " SET " + assignments + " FROM unnest("
                + (byKey ? sql.keyArrays() : "?::text[]::tid[]") + ", ?::text[]".repeat(mine.length) + ") " + GIVEN
                + "(" + (byKey ? sql.keyNames() : "lo_ctid") + ", " + values + ") WHERE "
                + (byKey ? sql.keyMatches(GIVEN) : alias + ".ctid = " + GIVEN + ".lo_ctid") + " RETURNING "
                + stateIsNull(alias);
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            int at = byKey
                    ? bindKeys(
                            statement,
                            updated.stream()
                                    .map(row ->
                                            rows.get(row.position).row().key().values())
                                    .toList())
                    : 2;
            if (!byKey) {
                statement.setArray(
                        1,
                        texts(updated.stream()
                                .map(row -> row.addresses.get(alias))
                                .toArray(String[]::new)));
            }
            for (int i : mine) {
                statement.setArray(
                        at++,
                        texts(updated.stream().map(row -> row.values.get(i)).toArray(String[]::new)));
            }
            requireAll(statement, updated.size(), target.table());
        }
    }

    private String stateIsNull(String alias) {
        return sql.mapping().state() instanceof StateColumn column
                        && column.alias().equals(alias)
                ? alias + "." + quoted(column.name()) + " IS NULL"
                : "false";
    }

    private static void requireAll(PreparedStatement statement, int wanted, String table) throws SQLException {
        int count = 0;
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                count++;
                if (result.getBoolean(1)) {
                    throw SqlFaults.State.NOT_NULL_VIOLATION.of(
                            "what was set leaves the column of the state NULL in " + table);
                }
            }
        }
        if (count != wanted) {
            throw SqlFaults.State.RAISE_EXCEPTION.of("an update of " + table + " changed " + count + " rows of "
                    + wanted + ", though they are locked; a trigger or a rule discards it");
        }
    }
}
