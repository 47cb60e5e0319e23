package ch.tocco.lomigrate.postgres;

import java.time.Duration;

/**
 * How long a commit may take, so that production never becomes the victim of a deadlock with it. PostgreSQL looks for a
 * deadlock once a transaction has waited for {@code deadlock_timeout}, and aborts the one that looks. So a commit that
 * may wait for a row ends, all of its locks together, in less than the smallest {@code deadlock_timeout} that applies.
 */
public final class CommitBounds {
    /** Settings of ours, in which a session remembers its limits: the longer one, and that of a commit. */
    private static final String PATIENCE = "lo_migrate.patience";

    private static final String COMMIT = "lo_migrate.commit";

    /** What part of a commit's time a single wait may take where only its waits are bounded. */
    private static final int BRIEF = 50;

    /** What the server knows as a time, in milliseconds; a number without a unit is in milliseconds. */
    private static final String MILLIS =
            "extract(epoch FROM (CASE WHEN v ~ '[a-z]' THEN v ELSE v || 'ms' END)::interval)" + " * 1000";

    private CommitBounds() {}

    /**
     * A statement that sets the timeouts of a session that commits: statements are bounded by half of the smallest
     * {@code deadlock_timeout} of server, databases and roles, single locks by half of that.
     *
     * @param longestLockWait for a single lock, however long a server takes to look for deadlocks
     * @param longestStatement for statements that do not wait for rows, see {@link #patience}
     */
    public static String setUp(Duration longestLockWait, Duration longestStatement) {
        String settings = "SELECT current_setting('deadlock_timeout') v UNION ALL SELECT boot_val FROM"
                // the value of the server is hidden behind one of our role or database: the default may be its
                + " pg_catalog.pg_settings WHERE name = 'deadlock_timeout' AND source IN ('database', 'user',"
                + " 'database user', 'client', 'session') UNION ALL SELECT substr(c, 18) FROM"
                + " pg_catalog.pg_db_role_setting s, unnest(s.setconfig) c WHERE c LIKE 'deadlock_timeout=%'"
                + " AND s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))";
        String smallest = "SELECT min(" + MILLIS + ") AS d FROM (" + settings + ") s WHERE v ~"
                + " '^ *[0-9.]+ *(us|ms|s|min|h|d)? *$'";
        String bounds = "SELECT greatest(1, least(" + longestLockWait.toMillis() + ", d / 4)::int8) AS b FROM ("
                + smallest + ") m";
        return "SELECT set_config('lock_timeout', b::text, false), set_config('statement_timeout', (2 * b)::text, false),"
                + " set_config('" + COMMIT + "', (2 * b)::text, false),"
                + " set_config('" + PATIENCE + "', '" + longestStatement.toMillis() + "', false) FROM (" + bounds
                + ") b";
    }

    /** A statement that halves the timeouts of a session that is set up: for two statements in one transaction. */
    public static String halve() {
        return "SELECT set_config(name, greatest(1, setting::int8 / 2)::text, false) FROM pg_catalog.pg_settings"
                + " WHERE name IN ('lock_timeout', 'statement_timeout')";
    }

    /**
     * A statement that gives the rest of the transaction the longer limit of its session, if the session has one: for
     * statements that wait for no row.
     */
    public static String patience() {
        return "SELECT " + patient();
    }

    /**
     * A statement that bounds so many statements of the transaction, all of them together, like one commit. For what may
     * wait for several locks, one after another.
     */
    public static String shared(int statements) {
        return "SELECT " + local("statement_timeout", share(COMMIT, statements, "statement_timeout"));
    }

    /**
     * A statement that gives the rest of the transaction the longer limit of its session, but next to no time for a single
     * lock. For what takes longer than {@link #shared} allows: PostgreSQL does not find it in a deadlock, unless it looks
     * in these few milliseconds.
     */
    public static String brief() {
        return "SELECT " + patient() + ", " + local("lock_timeout", share(COMMIT, BRIEF, "lock_timeout"));
    }

    private static String patient() {
        return local("statement_timeout", limit(PATIENCE, "statement_timeout"));
    }

    private static String local(String setting, String value) {
        return "set_config('" + setting + "', " + value + ", true)";
    }

    /** What the session remembers; where it remembers nothing, what is set. */
    private static String limit(String remembered, String setting) {
        return "coalesce(nullif(current_setting('" + remembered + "', true), ''), current_setting('" + setting + "'))";
    }

    private static String share(String remembered, int parts, String setting) {
        return "coalesce(greatest(1, nullif(current_setting('" + remembered + "', true), '')::int8 / " + parts
                + ")::text, current_setting('" + setting + "'))";
    }
}
