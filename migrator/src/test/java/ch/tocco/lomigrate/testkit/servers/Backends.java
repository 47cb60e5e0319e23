package ch.tocco.lomigrate.testkit.servers;

import ch.tocco.lomigrate.testkit.checks.BucketInspector;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * JUnit extension that hands tests what they ask for as parameters: the {@link PostgresServer} and the {@link S3Server}
 * that all tests share, a fresh {@link SourceDatabase}, or a {@link BucketInspector} on a fresh bucket.
 *
 * <p>Use with {@code @ExtendWith(Backends.class)}.
 */
public final class Backends implements ParameterResolver {
    private static final Map<Class<?>, Source> SOURCES = Map.of(
            PostgresServer.class,
            TestServers::postgres,
            S3Server.class,
            TestServers::s3,
            SourceDatabase.class,
            servers -> SourceDatabase.create(servers.postgres()),
            BucketInspector.class,
            servers -> servers.s3().inspect(servers.s3().createBucket()));

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return SOURCES.containsKey(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        try {
            var value = SOURCES.get(type).get(TestServers.shared());
            if (value instanceof BucketInspector inspector) {
                // closed by JUnit after the test
                context.getStore(Namespace.create(Backends.class)).put(parameter, inspector);
            }
            return value;
        } catch (SQLException e) {
            throw new ParameterResolutionException("no database for the test", e);
        }
    }

    private interface Source {
        Object get(TestServers servers) throws SQLException;
    }
}
