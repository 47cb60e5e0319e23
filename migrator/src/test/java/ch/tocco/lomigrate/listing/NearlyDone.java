package ch.tocco.lomigrate.listing;

import ch.tocco.lomigrate.mapping.Mappings;
import ch.tocco.lomigrate.source.Resolver;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Statements that make a table {@code f} with each hundredth row pending, and the state that has all other rows. Keys are at
 * random, so that neither index nor order of the keys helps.
 */
final class NearlyDone {
    /** The state of {@code f}. */
    static final String STATE = "lo_migrate.object_1";

    private NearlyDone() {}

    /** The table, an empty {@code d} that may be joined, and an empty state. */
    static String source(int rows) {
        return source(rows, 100);
    }

    /** The same with blocks of the table that are filled to so many percent. */
    static String source(int rows, int filled) {
        return "CREATE TABLE f (a text, b int, o oid, url text, PRIMARY KEY (a, b)) WITH (fillfactor = " + filled + ");"
                + " CREATE TABLE d (k text PRIMARY KEY, b int, url text);"
                + " INSERT INTO f SELECT md5(g::text), g, 100000 + g FROM generate_series(1, " + rows + ") g;"
                + " CREATE SCHEMA lo_migrate; CREATE TABLE " + STATE + " (key_a text, key_b int, "
                + state("key_a, key_b");
    }

    private static String state(String key) {
        return "oid oid, object_key text COLLATE \"C\" NOT NULL, sha256 bytea NOT NULL, size bigint NOT NULL, etag text,"
                + " version_id text, part_size bigint, owner text, acl text[], comment text, set_before jsonb, stored_at"
                + " timestamptz NOT NULL, verified_at timestamptz, verified_level smallint, damaged text, purged_at"
                + " timestamptz, purge_xid bigint, row_version text, PRIMARY KEY (" + key
                + ")) WITH (fillfactor = 85);";
    }

    /** Fills the state in this order. */
    static String done(String order) {
        return "INSERT INTO " + STATE + " (key_a, key_b, oid, object_key, sha256, size, stored_at) SELECT a, b, o,"
                + " 'key of ' || a, sha256(a::bytea), 1, now() FROM f WHERE b % 100 > 0 ORDER BY " + order + ";";
    }

    /** A table {@code v} whose rows hold their content, nearly done too, with its state in {@code object_2}. */
    static String inRows(int rows) {
        return "CREATE TABLE v (a text PRIMARY KEY, c bytea);"
                + " INSERT INTO v SELECT md5(g::text), decode(md5(g::text), 'hex') FROM generate_series(1, " + rows
                + ") g;"
                + " CREATE TABLE lo_migrate.object_2 (key_a text, " + state("key_a")
                + " INSERT INTO lo_migrate.object_2 (key_a, object_key, sha256, size, stored_at, row_version) SELECT a,"
                + " 'key of ' || a, sha256(c), 16, now(), xmin::text FROM v"
                + " WHERE get_byte(c, 0) % 64 > 0;";
    }

    /** With its state in that table. */
    static SourceSql resolved(Connection connection, Mappings mapping, String state) throws SQLException {
        Resolver resolver = new Resolver(connection, new SourceSql(mapping.mapping()));
        return resolver.resolve()
                .orElseThrow(() -> new AssertionError(resolver.mistakes()))
                .withState(state);
    }
}
