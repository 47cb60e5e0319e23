package ch.tocco.lomigrate.receiver;

import ch.tocco.lomigrate.books.Timings;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.LoFailureException;
import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.ContentSql;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * The only reader of content: small objects many at a time, large ones as a stream. Asks for one byte more than
 * the row says, so that an object that is too long is noticed and never read whole. For one thread.
 */
final class LargeObjectReader {
    private static final Logger LOG = LogManager.getLogger(LargeObjectReader.class);

    /** 256 KiB to 1 MiB read fastest. */
    private static final int CHUNK = 256 << 10;

    private final PgSession session;
    private final RunControl control;
    private final Timings timings;
    private final ContentSql sql;

    LargeObjectReader(PgSession session, RunControl control, Timings timings, ContentSql sql) {
        this.session = session;
        this.control = control;
        this.timings = timings;
        this.sql = sql;
    }

    /** Takes what {@link #readBatch} found out about one object; called once for each. */
    interface Batch {
        void read(int index, byte[] bytes);

        void failed(int index, LoFailureException failure);
    }

    /** Takes a stream's bytes, from the beginning after each {@link #restart}. */
    interface Stream {
        void restart() throws IOException;

        void write(byte[] bytes, int offset, int count) throws IOException;
    }

    /** Reads the objects of {@code events[from]..events[to - 1]}, all in memory at once. */
    void readBatch(LoEvent[] events, int from, int to, Batch batch) throws RunEndedException, InterruptedException {
        byte[][] contents;
        try {
            contents = session.callAboutObjects(connection -> read(connection, events, from, to));
        } catch (SQLException e) {
            // The error names one object, but not in a way that can be relied on: look for it by halves.
            if (to - from == 1) {
                batch.failed(from, failure(e));
            } else {
                int middle = (from + to) >>> 1;
                readBatch(events, from, middle, batch);
                readBatch(events, middle, to, batch);
            }
            return;
        }
        for (int i = from; i < to; i++) {
            byte[] bytes = contents[i - from];
            if (bytes == null) {
                batch.failed(i, new LoFailureException(FailureReason.MISSING, "no such large object"));
            } else {
                batch.read(i, bytes);
            }
        }
    }

    private byte[][] read(Connection connection, LoEvent[] events, int from, int to) throws SQLException {
        List<SourceRow> listed =
                Arrays.stream(events, from, to).map(LoEvent::row).toList();
        byte[][] contents = new byte[to - from][];
        long since = System.nanoTime();
        try (var statement = sql.batch(connection, listed);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                contents[rows.getInt(1) - 1] = rows.getBytes(2);
            }
        }
        timings.answered(Timings.Call.READ, since);
        return contents;
    }

    /**
     * Reads one object of any size; returns when the stream has got all of it.
     *
     * @throws IOException thrown by {@code stream}
     */
    void readStream(SourceRow row, Stream stream)
            throws LoFailureException, IOException, RunEndedException, InterruptedException {
        try {
            session.<Void, Exception>callAboutObjects(connection -> {
                stream.restart();
                copy(connection, row, stream);
                return null;
            });
        } catch (SQLException e) {
            throw failure(e);
        } catch (LoFailureException | IOException | RunEndedException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void copy(Connection connection, SourceRow row, Stream stream)
            throws SQLException, IOException, RunEndedException {
        CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql.copyOut(row, CHUNK));
        try {
            BinaryCopy parser = new BinaryCopy();
            byte[] message = copy.readFromCopy();
            // Only the first: what comes later was under way already and does not tell whether others get answers.
            session.answers();
            for (; message != null; message = copy.readFromCopy()) {
                parser.message(message, stream::write);
                if (control.ended()) {
                    throw new RunEndedException("the rest of " + row.content().label());
                }
            }
            parser.end();
        } finally {
            cancelIfActive(copy);
        }
    }

    private void cancelIfActive(CopyOut copy) {
        if (!copy.isActive()) {
            return;
        }
        try {
            copy.cancelCopy();
        } catch (SQLException e) {
            // Must not hide why the stream was given up.
            LOG.debug("cancelling a COPY: {}", SqlFaults.describe(e));
        } finally {
            // The driver leaves in the connection what the server had sent by then, which the next answer would begin
            // with.
            session.close();
        }
    }

    private static LoFailureException failure(SQLException e) {
        FailureReason reason = FailureReason.UNREADABLE;
        if (SqlFaults.State.UNDEFINED_OBJECT.is(e)) {
            reason = FailureReason.MISSING;
        } else if (SqlFaults.State.INSUFFICIENT_PRIVILEGE.is(e)) {
            reason = FailureReason.NO_PERMISSION;
        }
        return new LoFailureException(reason, SqlFaults.describe(e), e);
    }
}
