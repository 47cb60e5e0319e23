package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.arguments.Flag;
import ch.tocco.lomigrate.arguments.FlagTable;
import ch.tocco.lomigrate.config.HttpProxy;
import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.flags.Headings;
import ch.tocco.lomigrate.login.PgUrl;
import java.util.Optional;
import java.util.Set;

/** Writes the settings of a command as text, defaults and corrections included, under the names of the flags. No secrets. */
final class EffectiveConfig {
    /** Groups of flags that are only shown where they are given. */
    private static final Set<String> RARE = Set.of(Headings.ROWS, Headings.OBJECTS);

    private final FlagTable table;
    private final PostgresConfig postgres;
    private final String passwordSource;
    private final Optional<S3Config> s3;
    private final StringBuilder text = new StringBuilder();

    /** @param table holds the given values */
    EffectiveConfig(FlagTable table, PostgresConfig postgres, String passwordSource, Optional<S3Config> s3) {
        this.table = table;
        this.postgres = postgres;
        this.passwordSource = passwordSource;
        this.s3 = s3;
    }

    String text() {
        String group = "";
        for (Flag flag : table.all()) {
            boolean unused = RARE.contains(flag.group()) && table.values(flag).isEmpty();
            if (flag.group().equals(Headings.OTHER) || unused) {
                continue;
            }
            if (!flag.group().equals(group)) {
                group = flag.group();
                text.append("  ").append(group).append(System.lineSeparator());
            }
            flag(flag);
        }
        return text.toString();
    }

    private void flag(Flag flag) {
        if (flag.name().equals("--pg-url")) {
            line("pg-url", postgres.display());
            line("password", passwordSource);
            String tls = postgres.properties().get("sslmode");
            line("sslmode", tls == null ? "prefer (encrypted if the server can, not verified)" : tls);
            return;
        }
        if (flag.repeatable()) {
            table.values(flag).forEach(value -> line(flag.name().substring(2), value));
            return;
        }
        line(
                flag.name().substring(2),
                table.value(flag)
                        .map(value -> flag.isSecret() ? PgUrl.MASK : value + flag.unit())
                        .orElse(flag.defaultValue()));
        if (flag.name().equals("--s3-url")) {
            line("proxy", s3.flatMap(S3Config::proxy).map(HttpProxy::toString).orElse("none"));
        }
        if (flag.name().equals("--secret-key")
                && s3.flatMap(S3Config::keys)
                        .flatMap(S3Config.Keys::sessionToken)
                        .isPresent()) {
            line("session-token", PgUrl.MASK + " (AWS_SESSION_TOKEN)");
        }
    }

    private void line(String name, String value) {
        text.append("    ").append(name).append(" ".repeat(22 - name.length()));
        text.append(value).append(System.lineSeparator());
    }
}
