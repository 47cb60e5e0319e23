package ch.tocco.lomigrate.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/** What is done with a connection. May be called again on another one after a passing fault. */
@FunctionalInterface
public interface SqlCall<T> {
    T on(Connection connection) throws SQLException;
}
