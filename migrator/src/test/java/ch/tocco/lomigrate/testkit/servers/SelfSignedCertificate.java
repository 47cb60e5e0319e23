package ch.tocco.lomigrate.testkit.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A certificate that is its own authority, with its key, as PEM files and as a key store: made by the JDK's keytool,
 * because the JDK has no public class for it.
 */
public final class SelfSignedCertificate {
    /** Password of the key store. */
    static final String SECRET = "changeit";

    /** The names of this machine. */
    public static final String LOCAL = "dns:localhost,ip:127.0.0.1";

    /** Key stores by what they are for: to make one takes a JVM, which is more than most tests that use it. */
    private static final Map<List<String>, byte[]> MADE = new ConcurrentHashMap<>();

    private SelfSignedCertificate() {}

    /**
     * Writes {@code server.crt}, {@code server.key} and {@code server.p12} into the directory.
     *
     * @param names that it is for, as keytool spells them
     */
    public static void write(Path directory, String names) throws IOException {
        write(directory, names, "localhost");
    }

    /**
     * The same for an authority of another name: two of one name in a file of authorities are not told apart.
     *
     * @param authority its common name
     */
    public static void write(Path directory, String names, String authority) throws IOException {
        Path store = directory.resolve("server.p12");
        try {
            Files.write(store, MADE.computeIfAbsent(List.of(names, authority), SelfSignedCertificate::make));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        try {
            var keys = KeyStore.getInstance(store.toFile(), SECRET.toCharArray());
            writePem(
                    directory.resolve("server.crt"),
                    "CERTIFICATE",
                    keys.getCertificate("server").getEncoded());
            writePem(
                    directory.resolve("server.key"),
                    "PRIVATE KEY",
                    keys.getKey("server", SECRET.toCharArray()).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot read what keytool wrote", e);
        }
    }

    private static byte[] make(List<String> namesAndAuthority) {
        try {
            Path directory = Files.createTempDirectory("lo-migrate-keys-");
            Path store = directory.resolve("server.p12");
            keytool(store, namesAndAuthority.get(0), namesAndAuthority.get(1));
            byte[] made = Files.readAllBytes(store);
            Files.delete(store);
            Files.delete(directory);
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With a key of an elliptic curve: an RSA key takes seconds of a processor. */
    private static void keytool(Path store, String names, String authority) throws IOException {
        String program =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var process = new ProcessBuilder(program, "-J-XX:TieredStopAtLevel=1", "-genkeypair", "-alias", "server")
                .redirectErrorStream(true);
        process.command().addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        process.command().addAll(List.of("-dname", "CN=" + authority, "-validity", "30"));
        process.command().addAll(List.of("-ext", "san=" + names, "-ext", "bc:c"));
        process.command().addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12"));
        process.command().addAll(List.of("-storepass", SECRET));
        var running = process.start();
        String said = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (running.waitFor() != 0) {
                throw new IOException("keytool failed: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keytool ran", e);
        }
    }

    private static void writePem(Path file, String label, byte[] der) throws IOException {
        // PostgreSQL takes a key only from a file that no other user can read.
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(file, "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(label, body));
    }
}
