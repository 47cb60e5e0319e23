package ch.tocco.lomigrate.postgres;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.ServerWords;
import java.io.IOException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Says which kind of failure a database error is, by its SQLSTATE (PostgreSQL documentation, appendix A). The one place
 * that decides it.
 */
public final class SqlFaults {
    private static final Set<String> PASSING = Set.of(
            "40001", // serialization_failure; also what a hot standby answers when it cancels a read
            "40P01", // deadlock_detected
            "55P03", // lock_not_available
            "57014", // query_canceled: statement timeout, or a DBA's pg_cancel_backend
            "57P01", // admin_shutdown, also pg_terminate_backend
            "57P02", // crash_shutdown
            "57P03", // cannot_connect_now: starting up or in recovery
            "57P05", // idle_session_timeout
            "25006", // read_only_sql_transaction: failed over, and this one is the standby
            "58030", // io_error
            "58P01"); // undefined_file, seen while a server goes down
    /** Passing faults of one call, from a server that is there for all others. */
    private static final Set<String> ANSWERS = Set.of("40001", "40P01", "55P03", "57014");

    /** Passing faults of the server as a whole, though it may go on answering questions of other kinds. */
    private static final Set<String> SERVERS = Set.of("25006", "53100", "53300", "57P03");

    /** What a backend says at last when it is made to end. */
    private static final Set<String> ENDED = Set.of("57P01", "57P02", "57P03", "57P05");

    private static final Set<String> RUN = Set.of(
            "42P01", // undefined_table
            "42703", // undefined_column
            "42804"); // datatype_mismatch

    private SqlFaults() {}

    public static FaultKind kindOf(SQLException e) {
        String state = e.getSQLState();
        if (e.getCause() instanceof OutOfMemoryError) {
            // The driver reports the own heap with the state of a server that is out of memory.
            return FaultKind.OBJECT;
        }
        if (state == null) {
            return e.getCause() instanceof IOException ? FaultKind.PASSING : FaultKind.RUN;
        }
        // 08: connection; 53: out of connections, memory or disk
        if (state.startsWith("08") || state.startsWith("53") || PASSING.contains(state)) {
            return FaultKind.PASSING;
        }
        // 28: login refused; 3D: no such database
        return state.startsWith("28") || state.startsWith("3D") || RUN.contains(state)
                ? FaultKind.RUN
                : FaultKind.OBJECT;
    }

    /** Whether a passing fault concerns only the call that got it: nobody else need wait, the connection is good. */
    public static boolean isAnswer(SQLException e) {
        return e.getSQLState() != null && ANSWERS.contains(e.getSQLState());
    }

    /** Whether it is the connection that broke, so that on another one the same may well succeed. */
    public static boolean isBroken(SQLException e) {
        String state = e.getSQLState();
        return state == null ? e.getCause() instanceof IOException : state.startsWith("08") || ENDED.contains(state);
    }

    /** Whether a passing fault cannot be about what was asked: read only, disk full, no connection to be had. */
    static boolean isServers(SQLException e) {
        return e.getSQLState() != null && SERVERS.contains(e.getSQLState());
    }

    /** Whether a passing fault may be about what was asked after all: memory, or a file that cannot be read. */
    static boolean isSuspicious(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return (state.startsWith("53") || state.startsWith("58")) && !SERVERS.contains(state);
    }

    /**
     * The error in one line: first line of the server's message, the SQLSTATE, and the server's DETAIL and HINT, which
     * often hold the cure.
     */
    public static String describe(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return ServerWords.firstLine(message)
                + cause(e)
                + (e.getSQLState() == null ? "" : " (SQLSTATE " + e.getSQLState() + ")")
                + detailAndHint(e);
    }

    private static String detailAndHint(SQLException e) {
        ServerErrorMessage server = e instanceof PSQLException own ? own.getServerErrorMessage() : null;
        return server == null ? "" : more("DETAIL", server.getDetail()) + more("HINT", server.getHint());
    }

    private static String more(String what, String text) {
        return text == null || text.isBlank() ? "" : "; " + what + ": " + ServerWords.oneLine(text);
    }

    /** For an unknown host or a failed TLS handshake the driver's own message does not say what it was. */
    private static String cause(SQLException e) {
        boolean says = !(e.getCause() instanceof IOException) || e.getCause() instanceof ConnectException;
        return says ? "" : " " + ServerWords.firstLine(e.getCause().toString());
    }
}
