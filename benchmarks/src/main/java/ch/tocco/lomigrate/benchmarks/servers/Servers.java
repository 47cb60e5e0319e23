package ch.tocco.lomigrate.benchmarks.servers;

import ch.tocco.lomigrate.config.CaBundle;
import ch.tocco.lomigrate.config.ObjectSettings;
import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The servers of all benchmarks: a PostgreSQL, a {@link PutSink} and a {@link TlsSink}. They run in, or beside, the process that starts the
 * measuring ones, which find them by system properties: so neither their start nor their CPU time is measured.
 */
public final class Servers implements AutoCloseable {
    private static final String DATABASE = "postgres";
    private static final String JDBC_URL = "lo.migrate.bench.jdbc";
    private static final String PASSWORD = "lo.migrate.bench.password";
    private static final String SINK = "lo.migrate.bench.sink";
    private static final String TLS_SINK = "lo.migrate.bench.tls-sink";
    private static final String CERTIFICATE = "lo.migrate.bench.certificate";

    private final EmbeddedPostgres postgres;
    private final PutSink sink;
    private final TlsSink tlsSink;

    private Servers(EmbeddedPostgres postgres, PutSink sink, TlsSink tlsSink) {
        this.postgres = postgres;
        this.sink = sink;
        this.tlsSink = tlsSink;
    }

    public static Servers start() throws IOException {
        PutSink sink = PutSink.start(Duration.ZERO);
        TlsSink tlsSink = TlsSink.start();
        return new Servers(EmbeddedPostgres.start(Map.of("shared_buffers", "512MB")), sink, tlsSink);
    }

    public EmbeddedPostgres postgres() {
        return postgres;
    }

    /** Arguments for the JVMs that measure. */
    public String[] jvmArguments() {
        return new String[] {
            "-D" + JDBC_URL + "=" + postgres.jdbcUrl(DATABASE),
            "-D" + PASSWORD + "=" + postgres.password(),
            "-D" + SINK + "=" + sink.endpoint(),
            "-D" + TLS_SINK + "=" + tlsSink.endpoint(),
            "-D" + CERTIFICATE + "=" + tlsSink.certificate(),
        };
    }

    /** In a measuring process: a connection as the tool opens it. */
    public static Connection connect() throws SQLException {
        Map<String, String> login = Map.of("user", "postgres", "password", property(PASSWORD));
        return new PgConnections(new PostgresConfig(property(JDBC_URL), login, "benchmarks")).open("bench");
    }

    /** In a measuring process: where PUTs go. */
    public static S3Config store() {
        return store(URI.create(property(SINK)), Optional.empty());
    }

    /** The same over TLS. */
    public static S3Config tlsStore() throws IOException {
        try {
            return store(URI.create(property(TLS_SINK)), Optional.of(CaBundle.read(Path.of(property(CERTIFICATE)))));
        } catch (CertificateException e) {
            throw new IOException("cannot read the sink's certificate", e);
        }
    }

    private static S3Config store(URI endpoint, Optional<CaBundle> authorities) {
        return new S3Config(
                endpoint,
                S3Config.DEFAULT_REGION,
                "bucket",
                Optional.of(new S3Config.Keys("access", "secret")),
                false,
                0, // benchmarks of parts compare parts
                S3Config.DEFAULT_PART_SIZE,
                Optional.empty(),
                Optional.empty(),
                authorities,
                ObjectSettings.OF_THE_BUCKET);
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("start the benchmarks by scripts/bench: it starts the servers, too");
        }
        return value;
    }

    @Override
    public void close() throws IOException {
        tlsSink.close();
        sink.close();
        postgres.close();
    }
}
