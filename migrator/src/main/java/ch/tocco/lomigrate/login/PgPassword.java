package ch.tocco.lomigrate.login;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The database password and where it was found: in the URL, in {@code PGPASSWORD}, or in the password file, in this
 * order as with psql. The driver would read a password file too, but not for several hosts or for an IPv6 address
 * written psql's way, and it ignores the mode of the file.
 *
 * @param value the password; empty if none was found, which trust and certificate logins do not need
 * @param source where it was found, in words
 * @param warnings about a password file that was not used
 */
public record PgPassword(Optional<String> value, String source, List<String> warnings) {
    /**
     * Looks for the password.
     *
     * @param environment the environment variables
     * @param home home directory of the user
     * @throws PgUrlException several hosts have different passwords
     */
    public static PgPassword find(PgUrl url, Map<String, String> environment, Path home) throws PgUrlException {
        if (url.password().isPresent()) {
            return new PgPassword(url.password(), "from --pg-url", List.of());
        }
        String variable = environment.getOrDefault("PGPASSWORD", "");
        if (!variable.isEmpty()) {
            return new PgPassword(Optional.of(variable), "from PGPASSWORD", List.of());
        }
        return fromFile(url, file(url, environment, home));
    }

    /** Keeps the driver from reading the password file that {@link #find} refused. */
    public static void keepDriverFromSearching() {
        System.setProperty("org.postgresql.pgpassfile", "/dev/null");
    }

    private static Path file(PgUrl url, Map<String, String> environment, Path home) {
        String named = url.passwordFile().orElseGet(() -> environment.getOrDefault("PGPASSFILE", ""));
        return named.isEmpty() ? home.resolve(".pgpass") : Path.of(named);
    }

    private static PgPassword fromFile(PgUrl url, Path path) throws PgUrlException {
        List<String> warnings = new ArrayList<>();
        PgPasswordFile file = PgPasswordFile.read(path, warnings);
        Set<String> found = new HashSet<>();
        for (PgUrl.Host host : url.hosts()) {
            file.password(host, url.database(), url.user()).ifPresent(found::add);
        }
        if (found.size() > 1) {
            throw new PgUrlException(
                    "has several hosts that have different passwords in " + path + ": the driver takes only one");
        }
        return found.stream()
                .findFirst()
                .map(p -> new PgPassword(Optional.of(p), "from " + path, warnings))
                .orElseGet(() -> new PgPassword(Optional.empty(), "none", warnings));
    }

    @Override
    public String toString() {
        return source;
    }
}
