package ch.tocco.lomigrate.testkit.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The servers that all tests of this JVM share, started at first use. Each kind can be chosen by a system property
 * ({@value #POSTGRES_PROPERTY}, {@value #S3_PROPERTY}): {@code docker}, {@code embedded}, or {@code auto}, which is
 * Docker where an engine answers and has or gets the image, and embedded otherwise; for S3 also {@code running}, see
 * {@link RunningS3}. Says once which ones were taken.
 */
public final class TestServers {
    static final String POSTGRES_PROPERTY = "lo.migrate.test.postgres";
    static final String S3_PROPERTY = "lo.migrate.test.s3";

    private final PostgresServer postgres;
    private final S3Server s3;

    private TestServers() {
        var starting = CompletableFuture.supplyAsync(TestServers::startS3);
        postgres = startPostgres();
        s3 = starting.join();
        System.out.println("test backends: " + description());
    }

    /** The servers, started if they are not running yet. They end with the JVM. */
    public static TestServers shared() {
        return Shared.SERVERS;
    }

    public PostgresServer postgres() {
        return postgres;
    }

    public S3Server s3() {
        return s3;
    }

    private String description() {
        try {
            return "PostgreSQL %s (%s), S3 %s (%s)"
                    .formatted(postgres.version(), postgres.kind(), s3.product(), s3.kind());
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL was started but does not answer", e);
        }
    }

    private static PostgresServer startPostgres() {
        // Hundreds of small databases would keep those workers busy; each is made with a checkpoint, after which whole
        // pages would be logged.
        return start(Choice.of(POSTGRES_PROPERTY), DockerPostgres::start, TestServers::embeddedPostgres);
    }

    private static EmbeddedPostgres embeddedPostgres() throws IOException {
        var server = EmbeddedPostgres.start(Map.of("autovacuum", "off", "full_page_writes", "off"));
        try (Connection first = server.connect("template1")) {
            // The first connection to a database writes down what all others read; copies of it have that from now on.
            first.isValid(0);
        } catch (SQLException e) {
            throw new IOException("PostgreSQL was started but does not answer", e);
        }
        return server;
    }

    private static S3Server startS3() {
        Choice choice = Choice.of(S3_PROPERTY);
        return choice == Choice.RUNNING
                ? RunningS3.fromEnvironment()
                : start(choice, DockerS3::start, EmbeddedS3::start);
    }

    private static <T> T start(Choice choice, Start<T> docker, Start<T> embedded) {
        if (choice == Choice.DOCKER || (choice == Choice.AUTO && DockerEngine.answers())) {
            try {
                return docker.start();
            } catch (Exception e) {
                if (choice == Choice.DOCKER) {
                    throw new IllegalStateException("cannot start the container that was asked for", e);
                }
                System.out.println("test backends: container not started, embedded instead: " + firstLine(e));
            }
        }
        try {
            return embedded.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String firstLine(Exception e) {
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return line.length() > 100 ? line.substring(0, 100) + " ..." : line;
    }

    private interface Start<T> {
        T start() throws IOException;
    }

    private enum Choice {
        AUTO,
        DOCKER,
        EMBEDDED,
        RUNNING;

        static Choice of(String property) {
            return valueOf(System.getProperty(property, "auto").toUpperCase(Locale.ROOT));
        }
    }

    private static final class Shared {
        static final TestServers SERVERS = new TestServers();
    }
}
