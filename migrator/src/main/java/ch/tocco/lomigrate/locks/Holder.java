package ch.tocco.lomigrate.locks;

import ch.tocco.lomigrate.config.Shard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A run that works on a table, as PostgreSQL knows it by the lock that it holds.
 *
 * @param shard what it takes; empty: all rows
 * @param backend process id of its session at the server
 * @param client address of the client; empty: it came by a socket file, or this role may not know
 * @param process what the run said of itself in its {@code application_name}; empty: this role may not know
 */
public record Holder(Optional<Shard> shard, int backend, Optional<String> client, Optional<RunProcess> process) {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
    private static final String PREFIX = "lo-migrate lock ";
    private static final Pattern SAID = Pattern.compile(PREFIX + "\\S+ (\\d+)@(.*)");

    /** PostgreSQL cuts a longer name off. */
    private static final int LONGEST_NAME = 63;

    /**
     * The process of a run.
     *
     * @param pid its process id
     * @param host the machine's name, or the pod's, perhaps without its end
     */
    public record RunProcess(long pid, String host) {}

    /** This one. */
    public static RunProcess thisProcess() {
        return new RunProcess(ProcessHandle.current().pid(), hostName());
    }

    /** The kernel's own word: a resolver may take seconds. */
    private static String hostName() {
        try {
            return Files.readString(HOST_NAME).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** What a session that holds a lock calls itself. */
    static String name(Optional<Shard> shard, RunProcess process) {
        String name = PREFIX + shard.map(Shard::toString).orElse("all") + " " + process.pid() + "@" + process.host();
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
    }

    /** Runs that work on this table of the connection's database: a whole run, or shards in their order; empty: none. */
    public static List<Holder> of(Connection connection, long tableOid) throws SQLException {
        String query = "SELECT l.classid::int8 = " + LockKey.APPLICATION + " AND l.objid::int8 = " + tableOid
                + ", l.objid::int8, l.pid, a.client_addr::text, a.application_name FROM pg_catalog.pg_locks l"
                + " LEFT JOIN pg_catalog.pg_stat_activity a USING (pid)"
                + " JOIN pg_catalog.pg_database d ON d.oid = l.database"
                + " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2"
                + " AND d.datname = pg_catalog.current_database() AND (" + LockKey.shardsOf(tableOid)
                + " OR l.mode = 'ExclusiveLock' AND " + LockKey.wholeOf(tableOid) + ") ORDER BY 2, 3";
        List<Holder> holders = new ArrayList<>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                holders.add(new Holder(
                        row.getBoolean(1) ? Optional.empty() : Optional.of(LockKey.shard(row.getLong(2))),
                        row.getInt(3),
                        Optional.ofNullable(row.getString(4)),
                        process(row.getString(5))));
            }
        }
        return holders;
    }

    private static Optional<RunProcess> process(String name) {
        Matcher said = SAID.matcher(name == null ? "" : name);
        return said.matches()
                ? Optional.of(new RunProcess(Long.parseLong(said.group(1)), said.group(2)))
                : Optional.empty();
    }

    /** Where it is, for a message. */
    @Override
    public String toString() {
        return shard.map(mine -> "shard " + mine + ", ").orElse("") + "backend pid " + backend
                + client.map(address -> ", client " + address).orElse("")
                + process.map(run -> ", process " + run.pid() + " on host " + run.host())
                        .orElse("");
    }
}
