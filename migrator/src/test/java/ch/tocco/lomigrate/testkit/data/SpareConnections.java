package ch.tocco.lomigrate.testkit.data;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A few connections that the next question to the same database takes over: a test that waits asks fifty times a second,
 * and to log in takes server and client ten times as long as to answer. Safe for use by several threads.
 */
final class SpareConnections {
    /** Each test has a database of its own, so those of earlier tests go. */
    private static final int MOST = 4;

    /** By the name of the database. */
    private static final Map<String, Connection> SPARES = new ConcurrentHashMap<>();

    private SpareConnections() {}

    /** What is asked of a connection. */
    @FunctionalInterface
    interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    /** Asks on a spare connection, or on one of its own where there is none, or where the server has ended it. */
    static <T> T ask(SourceDatabase database, Question<T> question) throws SQLException {
        Optional<Connection> spare = Optional.ofNullable(SPARES.remove(database.name()));
        if (spare.isPresent()) {
            try {
                return ask(database, spare.get(), question);
            } catch (SQLException e) {
                if (!isEnd(e)) {
                    throw e;
                }
            }
        }
        return ask(database, database.connect(), question);
    }

    private static <T> T ask(SourceDatabase database, Connection connection, Question<T> question) throws SQLException {
        boolean kept = false;
        try {
            T answer = question.ask(connection);
            kept = give(database.name(), connection);
            return answer;
        } finally {
            if (!kept) {
                connection.close();
            }
        }
    }

    /** False if it is not fit for another question. */
    private static boolean give(String database, Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("DISCARD ALL"); // settings and locks of the session
        } catch (SQLException e) {
            return false;
        }
        close(SPARES.put(database, connection)); // of another thread
        if (SPARES.size() > MOST) {
            Optional<String> other = SPARES.keySet().stream()
                    .filter(name -> !name.equals(database))
                    .findAny();
            if (other.isPresent()) {
                close(SPARES.remove(other.get()));
            }
        }
        return true;
    }

    private static void close(Connection connection) throws SQLException {
        if (connection != null) {
            connection.close();
        }
    }

    /** Lost, or ended by an administrator, a restart or a time limit for idle sessions. */
    private static boolean isEnd(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57P");
    }
}
