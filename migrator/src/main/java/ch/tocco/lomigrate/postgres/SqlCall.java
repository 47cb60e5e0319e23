package ch.tocco.lomigrate.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * What is done with a connection. May be called again on another one after a passing fault.
 *
 * @param <T> what it returns
 * @param <X> what it may throw besides; such an exception is passed on at once
 */
@FunctionalInterface
public interface SqlCall<T, X extends Exception> {
    T on(Connection connection) throws SQLException, X;
}
