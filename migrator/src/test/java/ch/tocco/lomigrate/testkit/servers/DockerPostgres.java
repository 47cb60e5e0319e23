package ch.tocco.lomigrate.testkit.servers;

import ch.tocco.lomigrate.testkit.checks.Secrets;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** PostgreSQL in a container; Testcontainers removes it when the JVM is gone. */
final class DockerPostgres implements PostgresServer {
    private static final String IMAGE = "postgres:17";

    private final PostgreSQLContainer container;

    private DockerPostgres(PostgreSQLContainer container) {
        this.container = container;
    }

    static DockerPostgres start() {
        var container = new PostgreSQLContainer(IMAGE)
                .withUsername("postgres")
                .withPassword(Secrets.PASSWORD)
                .withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=200");
        container.start();
        return new DockerPostgres(container);
    }

    @Override
    public String host() {
        return container.getHost();
    }

    @Override
    public int port() {
        return container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT);
    }

    @Override
    public String user() {
        return container.getUsername();
    }

    @Override
    public String password() {
        return container.getPassword();
    }

    @Override
    public String kind() {
        return "docker";
    }
}
