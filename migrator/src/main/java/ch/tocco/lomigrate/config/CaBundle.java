package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates of the authorities that a server's certificate may come from, in place of the system's.
 *
 * @param file where they were read from
 * @param pem the certificates and nothing else, each known to be one
 */
public record CaBundle(Path file, String pem) {
    /** Files of this kind often have comments between the certificates. */
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----");

    public CaBundle {
        requireNonNull(file);
        requireNonNull(pem);
    }

    /**
     * Reads a file of PEM certificates.
     *
     * @throws IOException the file cannot be read
     * @throws CertificateException it has no certificate, or one that is none
     */
    public static CaBundle read(Path file) throws IOException, CertificateException {
        Matcher certificates = CERTIFICATE.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        StringBuilder pem = new StringBuilder();
        while (certificates.find()) {
            byte[] text = certificates.group().getBytes(StandardCharsets.ISO_8859_1);
            factory.generateCertificate(new ByteArrayInputStream(text));
            pem.append(certificates.group()).append('\n');
        }
        if (pem.isEmpty()) {
            throw new CertificateException("no certificate found");
        }
        return new CaBundle(file, pem.toString());
    }
}
