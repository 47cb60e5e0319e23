package ch.tocco.lomigrate.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.tocco.lomigrate.config.PostgresConfig;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code sslmode} and {@code sslrootcert} of the URL decide whether a server is believed, over a real handshake. */
@Timeout(60)
final class PgUrlTlsTest {
    private static final char[] STORE_PASSWORD = "changeit".toCharArray();
    private static final String ENCRYPTED = "spoke over TLS";

    @TempDir
    private static Path directory;

    private static SSLContext server;
    private static Path ownRoot;
    private static Path otherRoot;

    /** The driver logs each refusal; held here, as the level of a logger that is not held is forgotten. */
    private static final Logger DRIVER = Logger.getLogger("org.postgresql");

    @BeforeAll
    static void makeCertificates() throws Exception {
        DRIVER.setLevel(Level.OFF);
        KeyStore own = selfSigned("own");
        ownRoot = pem(own, "own");
        otherRoot = pem(selfSigned("other"), "other");
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, STORE_PASSWORD);
        server = SSLContext.getInstance("TLS");
        server.init(keys.getKeyManagers(), null, null);
    }

    @Test
    void verifyFullBelievesTheRightRoot() throws Exception {
        assertThat(answer("localhost", "sslmode=verify-full&sslrootcert=" + ownRoot))
                .contains(ENCRYPTED);
    }

    @Test
    void verifyFullRefusesAnotherHostName() throws Exception {
        assertThat(answer("127.0.0.1", "sslmode=verify-full&sslrootcert=" + ownRoot))
                .contains("could not be verified");
        assertThat(answer("127.0.0.1", "sslmode=verify-ca&sslrootcert=" + ownRoot))
                .contains(ENCRYPTED);
    }

    @Test
    void otherRootIsRefusedFromVerifyCaOn() throws Exception {
        assertThat(answer("localhost", "sslmode=verify-ca&sslrootcert=" + otherRoot))
                .doesNotContain(ENCRYPTED);
        assertThat(answer("localhost", "sslmode=verify-full&sslrootcert=" + otherRoot))
                .doesNotContain(ENCRYPTED);
    }

    @Test
    void requireVerifiesOnlyIfARootIsNamedAsWithPsql() throws Exception {
        assertThat(answer("localhost", "sslmode=require")).contains(ENCRYPTED);
        assertThat(answer("localhost", "sslmode=require&sslrootcert=" + otherRoot))
                .doesNotContain(ENCRYPTED);
    }

    @Test
    void systemRootsDoNotKnowOurServer() throws Exception {
        assertThat(answer("localhost", "sslrootcert=system")).doesNotContain(ENCRYPTED);
    }

    /** What the driver says in the end; our server refuses every login, but says how it was spoken to. */
    private static String answer(String host, String parameters) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> serve(listener), "tls-server");
            serving.setDaemon(true);
            serving.start();
            PgUrl url = PgUrl.parse(
                    "postgresql://joe@" + host + ":" + listener.getLocalPort() + "/nice?" + parameters, "me");
            PostgresConfig config = url.config(Optional.of("pw"));
            Properties properties = new Properties();
            properties.putAll(config.properties());
            SQLException refused = catchThrowableOfType(
                    SQLException.class,
                    () -> DriverManager.getConnection(config.jdbcUrl(), properties)
                            .close());
            return refused.getMessage();
        }
    }

    private static void serve(ServerSocket listener) {
        while (!listener.isClosed()) {
            try (Socket plain = listener.accept()) {
                handshake(plain);
            } catch (IOException e) {
                // the client did not believe us, or the test is over
            }
        }
    }

    /** SSLRequest, 'S', TLS, start-up message, error response: PostgreSQL's protocol up to the first answer. */
    private static void handshake(Socket plain) throws IOException {
        DataInputStream in = new DataInputStream(plain.getInputStream());
        skipMessage(in);
        plain.getOutputStream().write('S');
        try (SSLSocket tls = (SSLSocket) server.getSocketFactory().createSocket(plain, null, plain.getPort(), false)) {
            tls.setUseClientMode(false);
            skipMessage(new DataInputStream(tls.getInputStream()));
            byte[] fields = ("SFATAL\0C28000\0M" + ENCRYPTED + "\0\0").getBytes(StandardCharsets.US_ASCII);
            byte[] head = {'E', 0, 0, 0, (byte) (fields.length + 4)};
            tls.getOutputStream().write(head);
            tls.getOutputStream().write(fields);
            tls.getOutputStream().flush();
        }
    }

    private static void skipMessage(DataInputStream in) throws IOException {
        in.readFully(new byte[in.readInt() - 4]);
    }

    private static KeyStore selfSigned(String name) throws Exception {
        Path store = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/keytool",
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-validity",
                        "3",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(STORE_PASSWORD))
                .redirectErrorStream(true)
                .start();
        keytool.getInputStream().readAllBytes();
        assertThat(keytool.waitFor()).isZero();
        KeyStore loaded = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            loaded.load(in, STORE_PASSWORD);
        }
        return loaded;
    }

    private static Path pem(KeyStore store, String name) throws Exception {
        byte[] certificate = store.getCertificate(name).getEncoded();
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate);
        return Files.writeString(
                directory.resolve(name + ".pem"),
                "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
    }
}
