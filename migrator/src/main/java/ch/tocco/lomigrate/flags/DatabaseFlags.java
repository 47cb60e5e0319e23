package ch.tocco.lomigrate.flags;

import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.config.Surroundings;
import ch.tocco.lomigrate.login.PgPassword;
import ch.tocco.lomigrate.login.PgUrl;
import ch.tocco.lomigrate.login.PgUrlException;
import ch.tocco.lomigrate.values.Converters;
import com.beust.jcommander.Parameter;
import java.util.Optional;

/** Which database. */
public final class DatabaseFlags {
    @Parameter(
            names = {"-p", "--pg-url"},
            placeholder = "URL",
            category = Headings.SOURCE,
            order = 10,
            description = "Database to migrate: postgresql://USER:PASS@HOST:PORT/DB?params, several hosts as"
                    + " HOST1:PORT1,HOST2. Reserved characters percent-encoded. sslmode and sslrootcert work as with"
                    + " psql. Without a password: PGPASSWORD, then PGPASSFILE or ~/.pgpass. Required.")
    String pgUrl;

    private String passwordSource = "";

    /** How a command that changes a table gets along with others that work on the same one. */
    public static final class Lock {
        @Parameter(
                names = "--no-lock",
                arity = 1,
                converter = Converters.Switch.class,
                category = Headings.SOURCE,
                order = 12,
                description = "Run without the advisory lock that keeps a second run off the same table.")
        public boolean noLock;
    }

    /** How to reach the database; empty only if a mistake was noted. */
    public Optional<PostgresConfig> toConfig(Surroundings surroundings, Mistakes mistakes) {
        if (!mistakes.isPresent("--pg-url", pgUrl)) {
            return Optional.empty();
        }
        try {
            PgUrl url = PgUrl.parse(pgUrl, surroundings.user());
            PgPassword password = PgPassword.find(url, surroundings.environment(), surroundings.home());
            password.warnings().forEach(mistakes::warning);
            passwordSource = password.source();
            return Optional.of(url.config(password.value()));
        } catch (PgUrlException e) {
            e.mistakes().forEach(mistake -> mistakes.mistake("--pg-url", mistake));
            return Optional.empty();
        }
    }

    /** Where the password came from, in words; known once there is a configuration. */
    public String passwordSource() {
        return passwordSource;
    }
}
