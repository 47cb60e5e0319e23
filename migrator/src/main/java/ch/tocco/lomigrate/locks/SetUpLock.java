package ch.tocco.lomigrate.locks;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.SqlFaults;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Held while what a table needs once is looked for and made: its column, the tables of its state. Of shards that start at
 * the same time, one makes it and the others find it. For one thread.
 */
public final class SetUpLock implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(SetUpLock.class);

    private final Connection connection;

    private SetUpLock(Connection connection) {
        this.connection = connection;
    }

    /** Takes it, and waits for another process that has it, up to {@code --outage-timeout}. */
    public static SetUpLock take(
            PgConnections connections, RunControl control, long tableOid, FaultConfig faults, Optional<Shard> shard)
            throws RefusedException {
        LockWait wait = new LockWait(control, faults.outageTimeout());
        try {
            Connection opened = LockConnection.open(connections, faults.requestTimeout(), control, shard);
            boolean taken = false;
            try {
                while (!LockConnection.tryAlone(opened, LockKey.ofSetUp(tableOid))) {
                    wait.pause("another process sets the table up");
                }
                taken = true;
                return new SetUpLock(opened);
            } finally {
                if (!taken) {
                    opened.close();
                }
            }
        } catch (SQLException e) {
            throw new RefusedException("the table cannot be set up: " + SqlFaults.describe(e), e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("closing the connection of the set-up lock: {}", SqlFaults.describe(e));
        }
    }
}
