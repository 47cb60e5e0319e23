package ch.tocco.lomigrate.source;

import static ch.tocco.lomigrate.mapping.SourceMapping.quoted;
import static java.util.stream.Collectors.joining;

import ch.tocco.lomigrate.mapping.SourceMapping;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The tables in which this tool records what it has done, for each source and target: {@code lo_migrate.source}
 * with a row for each, and {@code lo_migrate.object_<id>} with a row for each object. For one connection and thread.
 */
public final class StateTables {
    /** Where they are. */
    public static final String SCHEMA = "lo_migrate";

    private static final String SOURCES = SCHEMA + ".source";
    private static final int VERSION = 1;

    private final Connection connection;
    private final SourceSql sql;
    private final String endpoint;
    private final String bucket;

    /**
     * Of one source and target.
     *
     * @param sql of the source, resolved
     * @param endpoint of the store
     */
    public StateTables(Connection connection, SourceSql sql, String endpoint, String bucket) {
        this.connection = connection;
        this.sql = sql;
        this.endpoint = endpoint;
        this.bucket = bucket;
    }

    /**
     * State that is there for the source.
     *
     * @param table of its objects, qualified and quoted
     * @param endpoint of the store
     * @param bucket there
     * @param keyTemplate what objects are called
     */
    public record Recorded(String table, String endpoint, String bucket, String keyTemplate) {
        @Override
        public String toString() {
            return "endpoint " + endpoint + ", bucket " + bucket + ", object key " + keyTemplate;
        }
    }

    /** What is wanted, to be compared with what is recorded. */
    public Recorded wanted() {
        return new Recorded("", endpoint, bucket, sql.mapping().objectKey().toString());
    }

    /** The state of this source, of every target, the latest first. */
    public List<Recorded> recorded() throws SQLException {
        List<Recorded> recorded = new ArrayList<>();
        if (!flag("SELECT pg_catalog.to_regclass('" + SOURCES + "') IS NOT NULL")) {
            return recorded;
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT object_table, endpoint, bucket,"
                + " key_template FROM " + SOURCES + " WHERE identity = ?::text::jsonb ORDER BY id DESC")) {
            statement.setString(1, identity());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    recorded.add(
                            new Recorded(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)));
                }
            }
        }
        return recorded;
    }

    /** The table of the source for this very target; empty: there is none yet. */
    public Optional<String> table() throws SQLException {
        return recorded().stream()
                .filter(found -> found.toString().equals(wanted().toString()))
                .map(Recorded::table)
                .findFirst();
    }

    /** Publications that would take the tables to subscribers, which do not have them; empty: none. */
    public List<String> publications() throws SQLException {
        String ofSchema = flag("SELECT pg_catalog.to_regclass('pg_catalog.pg_publication_namespace') IS NOT NULL")
                ? " UNION SELECT p.pubname FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_namespace s"
                        + " ON s.pnpubid = p.oid JOIN pg_catalog.pg_namespace n ON n.oid = s.pnnspid WHERE n.nspname = '"
                        + SCHEMA + "'"
                : "";
        return texts("SELECT pubname FROM pg_catalog.pg_publication WHERE puballtables" + ofSchema);
    }

    /** Tables of this schema that are not to be trusted: of another role, or with triggers or rules; empty: none. */
    public List<String> foreign() throws SQLException {
        return texts("SELECT pg_catalog.format('%I.%I (owner %s%s)', n.nspname, c.relname, c.relowner::regrole,"
                + " CASE WHEN c.relhastriggers OR c.relhasrules THEN ', with triggers or rules' ELSE '' END)"
                + " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = '" + SCHEMA + "' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
                + " AND (c.relhastriggers OR c.relhasrules OR NOT pg_catalog.pg_has_role(c.relowner, 'USAGE'))");
    }

    /** Whether this role may make what is missing. */
    public boolean mayCreate() throws SQLException {
        return flag("SELECT coalesce((SELECT pg_catalog.has_schema_privilege(oid, 'CREATE') FROM"
                + " pg_catalog.pg_namespace WHERE nspname = '" + SCHEMA
                + "'), pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'))");
    }

    /** What is created for a source that has no state yet, in this order; the table of its objects has this number. */
    public List<String> ddl(String number) {
        String keys = sql.types().key().stream()
                .map(key -> quoted(SourceSql.stateKey(key.name())) + " " + key.type())
                .collect(joining(", "));
        String primary = sql.types().key().stream()
                .map(key -> quoted(SourceSql.stateKey(key.name())))
                .collect(joining(", "));
        return List.of(
                "CREATE SCHEMA IF NOT EXISTS " + SCHEMA,
                "CREATE TABLE IF NOT EXISTS " + SOURCES + " (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                        + " name text UNIQUE NOT NULL, identity jsonb NOT NULL, endpoint text NOT NULL, bucket text NOT"
                        + " NULL, key_template text NOT NULL, object_table text NOT NULL, version int NOT NULL)",
                "CREATE TABLE " + SCHEMA + ".object_" + number + " (" + keys
                        + ", oid oid, object_key text COLLATE \"C\""
                        + " NOT NULL, sha256 bytea NOT NULL, size bigint NOT NULL, etag text, version_id text,"
                        + " part_size bigint, owner text, acl text[], comment text, set_before jsonb, stored_at"
                        + " timestamptz NOT NULL, verified_at timestamptz, verified_level smallint, damaged text,"
                        + " purged_at timestamptz, purge_xid bigint, "
                        + (sql.mapping().content().inRow() ? "row_version text, " : "") + "PRIMARY KEY (" + primary
                        + ")) WITH (fillfactor = 85)");
    }

    /** The same as a script for a DBA to run, after which the tables belong to the role of this connection. */
    public List<String> script() throws SQLException {
        boolean sourcesThere = flag("SELECT pg_catalog.to_regclass('" + SOURCES + "') IS NOT NULL");
        String number = sourcesThere
                ? texts("SELECT coalesce(max(id), 0) + 1 FROM " + SOURCES).get(0)
                : "1";
        String role = texts("SELECT pg_catalog.quote_ident(current_user)").get(0);
        String table = SCHEMA + ".object_" + number;
        List<String> statements = new ArrayList<>(ddl(number));
        statements.add("INSERT INTO " + SOURCES + " (id, name, identity, endpoint, bucket, key_template, object_table,"
                + " version) OVERRIDING SYSTEM VALUE VALUES (" + number + ", "
                + SqlText.literal(sql.mapping().table().name() + " " + number) + ", " + SqlText.literal(identity())
                + "::jsonb, "
                + SqlText.literal(endpoint) + ", " + SqlText.literal(bucket) + ", "
                + SqlText.literal(sql.mapping().objectKey().toString()) + ", "
                + SqlText.literal(table) + ", " + VERSION + ")");
        statements.add(
                "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence('" + SOURCES + "', 'id'), " + number + ")");
        statements.add("ALTER TABLE " + SOURCES + " OWNER TO " + role);
        statements.add("ALTER TABLE " + table + " OWNER TO " + role);
        statements.add("GRANT USAGE ON SCHEMA " + SCHEMA + " TO " + role);
        return statements;
    }

    /** Makes the state of this source and target; says what its table is called. In one transaction. */
    public String create() throws SQLException {
        connection.setAutoCommit(false);
        try {
            List<String> statements = ddl("0");
            execute(statements.get(0));
            execute(statements.get(1));
            String table = register();
            execute(ddl(table.substring(table.lastIndexOf('_') + 1)).get(2));
            connection.commit();
            return table;
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private String register() throws SQLException {
        String insert =
                "INSERT INTO " + SOURCES + " (name, identity, endpoint, bucket, key_template, object_table, version)"
                        + " VALUES (?, ?::text::jsonb, ?, ?, ?, '', " + VERSION + ") RETURNING id";
        int id;
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, sql.table() + " " + UUID.randomUUID());
            statement.setString(2, identity());
            statement.setString(3, endpoint);
            statement.setString(4, bucket);
            statement.setString(5, sql.mapping().objectKey().toString());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                id = row.getInt(1);
            }
        }
        String table = SCHEMA + ".object_" + id;
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE " + SOURCES + " SET object_table = ?, name = ? WHERE id = ?")) {
            statement.setString(1, table);
            statement.setString(2, sql.mapping().table().name() + " " + id);
            statement.setInt(3, id);
            statement.executeUpdate();
        }
        return table;
    }

    /** What makes it this source: the table and where it is, the join, the key, the oid. */
    private String identity() {
        SourceMapping mapping = sql.mapping();
        return "{\"table\": " + json(sql.table()) + ", \"join\": " + json(mapping.join()) + ", \"key\": "
                + json(sql.keyColumns()) + ", \"" + (mapping.content().inRow() ? "bytes" : "oid") + "\": "
                + json(mapping.content().expression()) + "}";
    }

    private static String json(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.chars()
                .forEach(c -> out.append(
                        c < ' ' || c == '"' || c == '\\' ? String.format("\\u%04x", c) : String.valueOf((char) c)));
        return out.append('"').toString();
    }

    private void execute(String statementText) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(statementText);
        }
    }

    private boolean flag(String query) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() && row.getBoolean(1);
        }
    }

    private List<String> texts(String query) throws SQLException {
        List<String> found = new ArrayList<>();
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }
}
