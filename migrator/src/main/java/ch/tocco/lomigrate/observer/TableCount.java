package ch.tocco.lomigrate.observer;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Counts the table once, in the background: only the display waits for it, and a failure costs only the ETA. */
public final class TableCount implements Runnable {
    private static final Logger LOG = LogManager.getLogger(TableCount.class);

    private final PgSession session;
    private final SourceSql sql;
    private final Counters counters;

    private TableCount(PgSession session, SourceSql sql, Counters counters) {
        this.session = session;
        this.sql = sql;
        this.counters = counters;
    }

    /** Starts counting on a daemon thread, which closes {@code session}. */
    public static void start(PgSession session, SourceSql sql, Counters counters) {
        Thread thread = new Thread(new TableCount(session, sql, counters), "count");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        try (session) {
            counters.counted(session.call(this::count));
        } catch (SQLException | RunAborted e) {
            LOG.warn("rows could not be counted, so there is no ETA: {}", e.getMessage());
        } catch (RunEndedException | InterruptedException e) {
            LOG.debug("counting given up: {}", e.getMessage());
        }
    }

    private Counters.Totals count(Connection connection) throws SQLException {
        long migratedByThen = counters.migratedRows();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql.countAllAndPending())) {
            row.next();
            long rows = row.getLong(1);
            long pending = row.getLong(2);
            LOG.info("{} of {} rows were pending when the run began", pending + migratedByThen, rows);
            return new Counters.Totals(rows, rows - pending - migratedByThen);
        }
    }
}
