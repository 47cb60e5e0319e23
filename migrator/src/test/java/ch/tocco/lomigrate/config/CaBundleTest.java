package ch.tocco.lomigrate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.testkit.servers.SelfSignedCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CaBundleTest {
    @TempDir
    private Path directory;

    private String certificate;

    @BeforeEach
    void make() throws IOException {
        SelfSignedCertificate.write(directory, SelfSignedCertificate.LOCAL);
        certificate = Files.readString(directory.resolve("server.crt"));
    }

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("bundle.pem"), content);
    }

    @Test
    void allCertificatesAreTakenAndWhatIsBetweenThemIsNot() throws Exception {
        String text = "# Issuer: a - b\n-- Größe --\n" + certificate + "\n=====\n" + certificate.replace("\n", "\r\n");
        assertThat(CaBundle.read(file(text)).pem())
                .containsPattern("(?s)^-----BEGIN.*END CERTIFICATE-----\n-----BEGIN.*END CERTIFICATE-----\n$")
                .doesNotContain("Issuer");
    }

    @Test
    void fileWithoutACertificateOrWithABrokenOneIsRefused() throws Exception {
        String key = Files.readString(directory.resolve("server.key"));
        assertThatThrownBy(() -> CaBundle.read(file(key))).isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> CaBundle.read(file(certificate + certificate.replaceFirst("MII", "AAA"))))
                .isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> CaBundle.read(directory.resolve("none"))).isInstanceOf(IOException.class);
    }
}
