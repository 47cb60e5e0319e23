package ch.tocco.lomigrate.postgres;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.ServerWords;
import ch.tocco.lomigrate.lifecycle.Suspicion;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Says what a database error means, by its SQLSTATE (PostgreSQL documentation, appendix A). The one place that knows any:
 * {@link State} has those that mean something else than their class does.
 */
public final class SqlFaults {
    /**
     * A SQLSTATE. What it means for the row and for the run is its {@link FaultKind}. What it means for the server says the
     * {@link Suspicion} of one that may pass: whether the server is there for others.
     */
    public enum State {
        // Passing: the server is there, and only this call got it.
        /** Also what a hot standby answers when it cancels a read. */
        SERIALIZATION_FAILURE("40001", Suspicion.THIS),
        DEADLOCK_DETECTED("40P01", Suspicion.THIS),
        LOCK_NOT_AVAILABLE("55P03", Suspicion.THIS),
        /** Statement timeout, or a DBA's {@code pg_cancel_backend}. */
        QUERY_CANCELED("57014", Suspicion.THIS),

        // Passing: may be about what was asked after all.
        IO_ERROR("58030", Suspicion.PERHAPS_THIS),
        /** Seen while a server goes down. */
        UNDEFINED_FILE("58P01", Suspicion.PERHAPS_THIS),

        // Passing: of the server as a whole, though it may go on answering questions of other kinds.
        /** Failed over, and this one is the standby. */
        READ_ONLY_TRANSACTION("25006", Suspicion.SERVER),
        DISK_FULL("53100", Suspicion.SERVER),
        TOO_MANY_CONNECTIONS("53300", Suspicion.SERVER),
        /** Starting up or in recovery. */
        CANNOT_CONNECT_NOW("57P03", Suspicion.SERVER),

        // Passing: the connection is gone, and perhaps the server.
        CONNECTION_FAILURE("08006", Suspicion.NONE),
        PROTOCOL_VIOLATION("08P01", Suspicion.NONE),
        /** Also {@code pg_terminate_backend}. */
        ADMIN_SHUTDOWN("57P01", Suspicion.NONE),
        CRASH_SHUTDOWN("57P02", Suspicion.NONE),
        IDLE_SESSION_TIMEOUT("57P05", Suspicion.NONE),

        // The run's: every other row would get it too.
        UNDEFINED_TABLE("42P01", FaultKind.RUN),
        UNDEFINED_COLUMN("42703", FaultKind.RUN),
        DATATYPE_MISMATCH("42804", FaultKind.RUN),

        // The row's, as is what is not named here.
        UNDEFINED_OBJECT("42704", FaultKind.OBJECT),
        /** Of one large object; where a hash is written it is the table's. */
        INSUFFICIENT_PRIVILEGE("42501", FaultKind.OBJECT),
        NOT_NULL_VIOLATION("23502", FaultKind.OBJECT),
        UNIQUE_VIOLATION("23505", FaultKind.OBJECT),
        CHECK_VIOLATION("23514", FaultKind.OBJECT),
        FEATURE_NOT_SUPPORTED("0A000", FaultKind.OBJECT),
        GENERATED_ALWAYS("428C9", FaultKind.OBJECT),
        NOT_IN_PREREQUISITE_STATE("55000", FaultKind.OBJECT),
        /** Of a trigger or a function. */
        RAISE_EXCEPTION("P0001", FaultKind.OBJECT);

        private final String code;
        private final FaultKind kind;
        private final Suspicion suspicion;

        State(String code, FaultKind kind) {
            this.code = code;
            this.kind = kind;
            this.suspicion = Suspicion.NONE;
        }

        State(String code, Suspicion suspicion) {
            this.code = code;
            this.kind = FaultKind.PASSING;
            this.suspicion = suspicion;
        }

        /** Whether it is this. */
        public boolean is(SQLException e) {
            return code.equals(e.getSQLState());
        }

        /** As if PostgreSQL, or its driver, had reported it. */
        public SQLException of(String message) {
            return new SQLException(message, code);
        }
    }

    private static final Map<String, State> STATES =
            Stream.of(State.values()).collect(Collectors.toUnmodifiableMap(state -> state.code, state -> state));

    // Classes of SQLSTATEs, by their first two digits.
    private static final String CONNECTION = "08";
    private static final String LOGIN_REFUSED = "28";
    private static final String NO_SUCH_DATABASE = "3D";

    /** What is wrong with a statement and the tables it names. */
    private static final String RULES_AND_RIGHTS = "42";

    /** Connections, memory or disk. */
    private static final String OUT_OF_RESOURCES = "53";

    /** What a backend says at last when it is made to end. */
    private static final Set<State> ENDED = EnumSet.of(
            State.ADMIN_SHUTDOWN, State.CRASH_SHUTDOWN, State.CANNOT_CONNECT_NOW, State.IDLE_SESSION_TIMEOUT);

    /** What no row takes a hash with, however good it is; and all of class 42. */
    private static final Set<State> OF_THE_TABLE =
            EnumSet.of(State.FEATURE_NOT_SUPPORTED, State.GENERATED_ALWAYS, State.NOT_IN_PREREQUISITE_STATE);

    private SqlFaults() {}

    /** Its SQLSTATE, in words that no server chooses freely. */
    public static String state(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.matches("[0-9A-Z]{5}") ? "SQLSTATE " + state : "no SQLSTATE";
    }

    /** What it means for the row and for the run. */
    public static FaultKind kindOf(SQLException e) {
        if (e.getCause() instanceof OutOfMemoryError) {
            // The driver reports the own heap with the state of a server that is out of memory.
            return FaultKind.OBJECT;
        }
        if (e.getSQLState() == null) {
            return e.getCause() instanceof IOException ? FaultKind.PASSING : FaultKind.RUN;
        }
        State known = STATES.get(e.getSQLState());
        if (known != null) {
            return known.kind;
        }
        return switch (classOf(e)) {
            case CONNECTION, OUT_OF_RESOURCES -> FaultKind.PASSING;
            case LOGIN_REFUSED, NO_SUCH_DATABASE -> FaultKind.RUN;
            default -> FaultKind.OBJECT;
        };
    }

    /** What one that may pass means for the server. */
    static Suspicion suspicion(SQLException e) {
        State known = e.getSQLState() == null ? null : STATES.get(e.getSQLState());
        if (known != null) {
            return known.suspicion;
        }
        return classOf(e).equals(OUT_OF_RESOURCES) ? Suspicion.PERHAPS_THIS : Suspicion.NONE;
    }

    /** Whether it is the connection that broke, so that on another one the same may well succeed. */
    public static boolean isBroken(SQLException e) {
        return e.getSQLState() == null
                ? e.getCause() instanceof IOException
                : classOf(e).equals(CONNECTION) || ENDED.stream().anyMatch(state -> state.is(e));
    }

    /** Whether a row that got it when its hash was written is not to blame: any other of the table would get it too. */
    public static boolean isOfTheTable(SQLException e) {
        return classOf(e).equals(RULES_AND_RIGHTS) || OF_THE_TABLE.stream().anyMatch(state -> state.is(e));
    }

    private static String classOf(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.length() < 2 ? "" : state.substring(0, 2);
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

    /** For an unknown host, a silent server or a failed TLS handshake the driver's own message does not say what it was. */
    private static String cause(SQLException e) {
        if (!(e.getCause() instanceof IOException why) || why instanceof ConnectException) {
            return "";
        }
        if (why instanceof UnknownHostException) {
            return " There is no host of that name";
        }
        return why instanceof SocketTimeoutException
                ? " The server says nothing"
                : " " + ServerWords.firstLine(why.toString());
    }
}
