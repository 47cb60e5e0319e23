package ch.tocco.lomigrate.status;

import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.journal.JournalTables;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.locks.Holder;
import ch.tocco.lomigrate.mapping.SourceMapping.StateColumn;
import ch.tocco.lomigrate.source.Catalog;
import ch.tocco.lomigrate.source.Resolver;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.source.StateTables;
import ch.tocco.lomigrate.status.Status.Alive;
import ch.tocco.lomigrate.status.Status.Progress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the status of one source. Changes nothing; for one connection and thread. */
public final class StatusReader {
    private final Connection connection;
    private final SourceSql unresolved;

    /** @param unresolved the source as it is described */
    public StatusReader(Connection connection, SourceSql unresolved) {
        this.connection = connection;
        this.unresolved = unresolved;
    }

    /** A run as its row has it. */
    private record Recorded(Optional<Shard> shard, String host, long pid, Progress progress) {}

    /**
     * The statuses of the source, for people or for programs: one for each target that is known, the latest first.
     *
     * @throws RefusedException there is no such source, or it may not be read
     */
    public String text(boolean json) throws SQLException, RefusedException {
        List<Status> statuses = new ArrayList<>();
        Catalog catalog = new Catalog(connection, unresolved);
        long table = catalog.tableOid()
                .orElseThrow(() -> new RefusedException(
                        "there is no table " + unresolved.table() + " in the search path of this database"));
        SourceSql sql = resolved(catalog);
        if (sql.mapping().state() instanceof StateColumn column) {
            if (sql.mapping().complete() && !catalog.columns().containsKey(column.name())) {
                throw new RefusedException(
                        "column " + column.name() + " is missing: no row is migrated yet, so there is no status");
            }
            statuses.add(status(sql, "column " + column.name(), table, OptionalInt.empty()));
        } else {
            for (StateTables.Recorded target : new StateTables(connection, sql, "", "").recorded()) {
                statuses.add(status(sql.withState(target.table()), target.toString(), table, number(target.table())));
            }
            if (statuses.isEmpty()) {
                throw new RefusedException("nothing is recorded of " + sql.table() + ": no run has begun yet");
            }
        }
        return json ? StatusJson.of(statuses) : StatusText.of(statuses);
    }

    private SourceSql resolved(Catalog catalog) throws SQLException, RefusedException {
        if (!catalog.maySelect()) {
            throw new RefusedException("this role may not read " + unresolved.table() + ": GRANT SELECT ON "
                    + unresolved.table() + " TO …");
        }
        SourceSql exact = unresolved.inSchema(catalog.schema());
        if (exact.mapping().complete()) {
            return exact;
        }
        Resolver resolver = new Resolver(connection, exact);
        return resolver.resolve().orElseThrow(() -> new RefusedException(String.join("; ", resolver.mistakes())));
    }

    private OptionalInt number(String stateTable) throws SQLException {
        if (!JournalTables.exist(connection)) {
            return OptionalInt.empty();
        }
        try (var statement = connection.prepareStatement("SELECT id FROM lo_migrate.source WHERE object_table = ?")) {
            statement.setString(1, stateTable);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? OptionalInt.of(row.getInt(1)) : OptionalInt.empty();
            }
        }
    }

    /** @param source its number in the tables of runs and failures; empty: they are not there */
    private Status status(SourceSql sql, String state, long table, OptionalInt source) throws SQLException {
        List<Alive> alive = alive(Holder.of(connection, table), source);
        OptionalInt shards = shards(alive, source);
        long rows = 0;
        long pending = 0;
        Map<Integer, Long> byShard = new LinkedHashMap<>();
        sql.counts().obeyLimits(connection);
        try (var statement = connection.createStatement();
                ResultSet counts = statement.executeQuery(sql.counts().byShard(shards.orElse(1)))) {
            while (counts.next()) {
                byShard.put(counts.getInt(1), counts.getLong(3));
                rows += counts.getLong(2);
                pending += counts.getLong(3);
            }
        }
        return new Status(
                database(),
                sql.table(),
                state,
                rows,
                pending,
                source.isPresent() ? Optional.of(failed(source.getAsInt())) : Optional.empty(),
                shards,
                shards.isPresent() ? byShard : Map.of(),
                alive);
    }

    private String database() throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog.current_database()")) {
            row.next();
            return row.getString(1);
        }
    }

    private Map<String, Long> failed(int source) throws SQLException {
        Map<String, Long> counts = new LinkedHashMap<>();
        String query = "SELECT reason, pg_catalog.count(*) FROM lo_migrate.failure WHERE source = " + source
                + " GROUP BY 1 ORDER BY 2 DESC, 1";
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                counts.put(rows.getString(1), rows.getLong(2));
            }
        }
        return counts;
    }

    /** Who holds a lock, with what its row says; and who holds none, but has a fresh heartbeat. */
    private List<Alive> alive(List<Holder> holders, OptionalInt source) throws SQLException {
        List<Recorded> recorded = source.isPresent() ? recorded(source.getAsInt()) : List.of();
        List<Recorded> rest = new ArrayList<>(recorded);
        List<Alive> alive = new ArrayList<>();
        for (Holder holder : holders) {
            Optional<Recorded> own =
                    rest.stream().filter(run -> isOf(holder, run)).findFirst();
            own.ifPresent(rest::remove);
            alive.add(new Alive(
                    holder.shard(),
                    own.map(Recorded::host).or(() -> holder.process().map(Holder.RunProcess::host)),
                    holder.process().map(Holder.RunProcess::pid).orElse(0L),
                    true,
                    own.map(Recorded::progress)));
        }
        rest.stream()
                .filter(run -> run.progress().heartbeatSeconds() < STALE_SECONDS)
                .forEach(run -> alive.add(new Alive(
                        run.shard(), Optional.of(run.host()), run.pid(), false, Optional.of(run.progress()))));
        return alive;
    }

    /** A run without a lock counts as alive as long as its last heartbeat, one in ten seconds, is younger. */
    private static final long STALE_SECONDS = 60;

    /** The name of a session may lack the end of the host's. */
    private static boolean isOf(Holder holder, Recorded run) {
        return holder.shard().equals(run.shard())
                && holder.process()
                        .filter(process ->
                                process.pid() == run.pid() && run.host().startsWith(process.host()))
                        .isPresent();
    }

    private List<Recorded> recorded(int source) throws SQLException {
        List<Recorded> runs = new ArrayList<>();
        String query = "SELECT shard, shards, host, pid, committed, failed, bytes, rate,"
                + " extract(epoch FROM pg_catalog.now() - heartbeat)::int8 FROM lo_migrate.run WHERE source = " + source
                + " AND ended IS NULL ORDER BY id DESC";
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                int number = row.getInt(1);
                runs.add(new Recorded(
                        row.wasNull() ? Optional.empty() : Optional.of(new Shard(number, row.getInt(2))),
                        row.getString(3),
                        row.getLong(4),
                        new Progress(
                                row.getLong(5), row.getLong(6), row.getLong(7), row.getDouble(8), row.getLong(9))));
            }
        }
        return runs;
    }

    /** As those have it that are at work; else as the last run had it. */
    private OptionalInt shards(List<Alive> alive, OptionalInt source) throws SQLException {
        OptionalInt live = alive.stream()
                .flatMap(run -> run.shard().stream())
                .mapToInt(Shard::count)
                .findFirst();
        if (live.isPresent() || source.isEmpty()) {
            return live;
        }
        String query =
                "SELECT shards FROM lo_migrate.run WHERE source = " + source.getAsInt() + " ORDER BY id DESC LIMIT 1";
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() && row.getInt(1) > 0 ? OptionalInt.of(row.getInt(1)) : OptionalInt.empty();
        }
    }
}
