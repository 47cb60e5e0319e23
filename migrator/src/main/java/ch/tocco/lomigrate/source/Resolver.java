package ch.tocco.lomigrate.source;

import static ch.tocco.lomigrate.mapping.SourceMapping.ALIAS;
import static ch.tocco.lomigrate.mapping.SourceMapping.quoted;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.mapping.KeyTemplate;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.mapping.SourceMapping.Assignment;
import ch.tocco.lomigrate.mapping.SourceMapping.StateColumn;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.Resolution.KeyColumn;
import ch.tocco.lomigrate.source.Resolution.OidType;
import ch.tocco.lomigrate.source.Resolution.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks PostgreSQL what a source means, whose table exists: the types of its columns, and whether each expression makes
 * sense. Reads no row and changes nothing. Says all that is wrong, each under the name of its flag. Used once.
 */
public final class Resolver {
    private static final Set<String> INTEGERS = Set.of("int2", "int4", "int8");
    private static final Set<String> TEXTS = Set.of("text", "varchar", "bpchar", "name");

    /** An identifier, quoted where it needs to be. */
    private static final String NAME = "(?:\"(?:[^\"]|\"\")+\"|[^\". ]+)";

    /** The end of a line of a plan that says which table is read, and as what. */
    private static final Pattern SCAN = Pattern.compile(" on (" + NAME + "[.](" + NAME + "))(?: (" + NAME + "))?$");

    /** Of a base type that may stand behind domains. */
    private static final String BASE_TYPE = "WITH RECURSIVE base(oid, parent) AS (SELECT ty.oid, ty.typbasetype FROM"
            + " pg_catalog.pg_type ty WHERE ty.oid = a.atttypid UNION ALL SELECT ty.oid, ty.typbasetype FROM base"
            + " JOIN pg_catalog.pg_type ty ON ty.oid = base.parent)"
            + " SELECT pg_catalog.format('%I.%I', n.nspname, ty.typname) FROM base JOIN pg_catalog.pg_type ty"
            + " ON ty.oid = base.oid JOIN pg_catalog.pg_namespace n ON n.oid = ty.typnamespace WHERE base.parent = 0";

    private static final String COLUMNS = "SELECT a.attname, (" + BASE_TYPE + ") FROM pg_catalog.pg_attribute a"
            + " WHERE a.attrelid = pg_catalog.to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped";

    private static final String PRIMARY_KEY = "SELECT a.attname FROM pg_catalog.pg_index i JOIN LATERAL"
            + " pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY k(n, i) ON true JOIN pg_catalog.pg_attribute a"
            + " ON a.attrelid = i.indrelid AND a.attnum = k.n WHERE i.indrelid = pg_catalog.to_regclass(?)"
            + " AND i.indisprimary ORDER BY k.i";

    private final Connection connection;
    private final SourceMapping mapping;
    private final String table;
    private final Optional<String> schema;
    private final List<String> mistakes = new ArrayList<>();

    /** @param sql of the source before it is resolved */
    public Resolver(Connection connection, SourceSql sql) {
        this.connection = connection;
        this.mapping = sql.mapping();
        this.table = sql.table();
        this.schema = sql.types().schema();
    }

    /** The source with its types; empty only if there are {@link #mistakes}. */
    public Optional<SourceSql> resolve() throws SQLException {
        Map<String, String> columns = columns(table);
        List<KeyColumn> key = key(columns);
        if (!mistakes.isEmpty() || isWrong("--join", mapping.join(), "1", "")) {
            return Optional.empty();
        }
        checkClauses();
        Optional<OidType> oid = content();
        Optional<String> size =
                mapping.size().isPresent() ? type("--size", mapping.size().get()) : Optional.empty();
        boolean textSize = size.isPresent() && !INTEGERS.contains(size.get());
        Map<String, Target> targets = targets(columns);
        return mistakes.isEmpty()
                ? Optional.of(new SourceSql(
                        resolvedMapping(key),
                        new Resolution(schema, key, oid.orElseThrow(), textSize, targets, Optional.empty())))
                : Optional.empty();
    }

    /** What is wrong, each with the flag that says it. */
    public List<String> mistakes() {
        return List.copyOf(mistakes);
    }

    private SourceMapping resolvedMapping(List<KeyColumn> key) {
        return mapping.withKey(key.stream().map(KeyColumn::name).toList());
    }

    private Map<String, String> columns(String of) throws SQLException {
        Map<String, String> types = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, of);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    types.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return types;
    }

    private List<KeyColumn> key(Map<String, String> columns) throws SQLException {
        List<String> names = mapping.key().isEmpty() ? primaryKey() : mapping.key();
        if (names.isEmpty()) {
            mistakes.add(
                    "table " + table + " has no primary key: name the columns that tell its rows apart with --key");
        }
        List<KeyColumn> key = new ArrayList<>();
        for (String name : names) {
            if (!columns.containsKey(name)) {
                mistakes.add("--key: table " + table + " has no column " + quoted(name));
            } else if (!isWrong(
                    "--key", quoted(name) + " has no order", "1", " ORDER BY " + ALIAS + "." + quoted(name))) {
                key.add(new KeyColumn(name, columns.get(name)));
            }
        }
        if (mapping.only().stream().anyMatch(wanted -> wanted.size() != names.size())) {
            mistakes.add("--keys-from has a line without a value for each column of the key, which is "
                    + String.join(", ", names) + ": put a tab between them");
        }
        for (String name : mapping.objectKey().columns()) {
            if (!names.contains(name)) {
                mistakes.add("--object-key: {" + name + "} is no column of the key, which is "
                        + String.join(", ", names) + "; for anything else give a --key-expr");
            }
        }
        return key;
    }

    private List<String> primaryKey() throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(PRIMARY_KEY)) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }

    private void checkClauses() throws SQLException {
        if (!mapping.where().isEmpty()) {
            isWrong("--where", mapping.where(), "1", " AND (" + SqlText.prepared(mapping.where()) + ")");
        }
        if (mapping.checksum().isPresent()) {
            var expected = mapping.checksum().get();
            type("--" + KeyTemplate.nameOf(expected.algorithm()), expected.expression());
        }
        if (mapping.mimeType().isPresent()) {
            type("--mime-type", mapping.mimeType().get());
        }
        if (mapping.fileName().isPresent()) {
            type("--file-name", mapping.fileName().get());
        }
        for (var named : mapping.metadata().entrySet()) {
            type("--metadata " + named.getKey(), named.getValue());
        }
        for (var named : mapping.keyExpressions().entrySet()) {
            type("--key-expr " + named.getKey(), named.getValue());
        }
    }

    private Optional<OidType> content() throws SQLException {
        String expression = mapping.content().expression();
        return mapping.content().inRow()
                ? bytes(expression)
                : type("--oid", expression).flatMap(this::oidType);
    }

    /** They are read and compared without the join, so that a row that changes is known by its own version. */
    private Optional<OidType> bytes(String expression) throws SQLException {
        String one = "(" + SqlText.prepared(expression) + ")";
        if (isWrong("--bytes", expression, one, "") || isWrong("--bytes", "needs a table", SourceSql.VERSION, "")) {
            return Optional.empty();
        }
        try (PreparedStatement alone =
                connection.prepareStatement("SELECT " + one + " FROM " + table + " " + ALIAS + " WHERE false")) {
            String type = alone.getMetaData().getColumnTypeName(1);
            if (type.equals("bytea")) {
                return Optional.of(OidType.BYTES);
            }
            mistakes.add("--bytes " + expression + " is of type " + type + ", wanted bytea");
        } catch (SQLException e) {
            if (SqlFaults.kindOf(e) == FaultKind.PASSING) {
                throw e;
            }
            mistakes.add(
                    "--bytes " + expression + " is not of the table itself: name the table that has the content with"
                            + " --table, and join the other");
        }
        return Optional.empty();
    }

    private Optional<OidType> oidType(String type) {
        if (type.equals("oid")) {
            return Optional.of(OidType.OID);
        }
        if (INTEGERS.contains(type)) {
            return Optional.of(OidType.INTEGER);
        }
        if (TEXTS.contains(type)) {
            return Optional.of(OidType.TEXT);
        }
        mistakes.add(
                "--oid " + mapping.content().expression() + " is of type " + type + ", wanted oid, an integer or text");
        return Optional.empty();
    }

    private Map<String, Target> targets(Map<String, String> columns) throws SQLException {
        Map<String, Target> targets = new HashMap<>();
        targets.put(ALIAS, new Target(table, columns));
        for (Assignment each : mapping.set()) {
            String flag = "--set " + each.alias() + "." + quoted(each.column());
            if (!isTarget(flag, each.alias(), each.column(), targets)) {
                continue;
            }
            isWrong(flag, each.expression(), "(" + CommitRows.tried(each.expression()) + ")", "");
        }
        if (mapping.state() instanceof StateColumn column) {
            isTarget("--state column:" + column.alias() + "." + column.name(), column.alias(), column.name(), targets);
        }
        return targets;
    }

    /** Whether that column is there; notes the table behind the alias. */
    private boolean isTarget(String flag, String alias, String column, Map<String, Target> targets)
            throws SQLException {
        Target known = targets.get(alias);
        if (known == null) {
            if (isWrong(flag, quoted(column), alias + "." + quoted(column), "")) {
                return false;
            }
            Optional<String> name = relation(alias);
            if (name.isEmpty()) {
                mistakes.add(flag + ": " + alias + " is no plain table, whose rows could be written");
                return false;
            }
            known = new Target(name.get(), columns(name.get()));
            targets.put(alias, known);
        }
        if (!known.types().containsKey(column)) {
            mistakes.add(flag + ": table " + known.table() + " has no column " + quoted(column));
            return false;
        }
        return true;
    }

    /**
     * The table behind an alias of the join, qualified and quoted, as the plan of a query over it has it; empty where that
     * is no plain table, as rows of partitions have addresses of their own.
     */
    private Optional<String> relation(String alias) throws SQLException {
        String query = select(alias + ".ctid", "").replaceFirst(" WHERE false$", "");
        try (PreparedStatement statement = connection.prepareStatement("EXPLAIN (VERBOSE, COSTS OFF) " + query);
                ResultSet lines = statement.executeQuery()) {
            while (lines.next()) {
                Matcher scan = SCAN.matcher(lines.getString(1));
                // a table that is called by its own name has no alias there
                if (scan.find() && isCalled(scan.group(3) == null ? scan.group(2) : scan.group(3), alias)) {
                    return Optional.of(scan.group(1));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isCalled(String shown, String alias) {
        return shown.equals(alias) || shown.equals(quoted(alias));
    }

    /** Name of the type that an expression has; empty, and a mistake noted, if PostgreSQL does not understand it. */
    private Optional<String> type(String flag, String expression) throws SQLException {
        String one = "(" + SqlText.prepared(expression) + ")";
        if (isWrong(flag, expression, one, "")) {
            return Optional.empty();
        }
        try (PreparedStatement statement = connection.prepareStatement(select(one, ""))) {
            ResultSetMetaData described = statement.getMetaData();
            return Optional.of(described.getColumnTypeName(1));
        }
    }

    private String select(String what, String more) {
        String join = mapping.join().isEmpty() ? "" : " " + SqlText.prepared(mapping.join());
        return "SELECT " + what + " FROM " + table + " " + ALIAS + join + " WHERE false" + more;
    }

    /** Whether PostgreSQL does not understand it, which is noted in its own words. */
    private boolean isWrong(String flag, String text, String what, String more) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(select(what, more));
                ResultSet nothing = statement.executeQuery()) {
            return nothing.next();
        } catch (SQLException e) {
            if (SqlFaults.kindOf(e) == FaultKind.PASSING) {
                throw e;
            }
            mistakes.add(flag + " " + text + ": " + SqlFaults.describe(e));
            return true;
        }
    }
}
