package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * How to reach the database. {@link #toString} never shows a secret.
 *
 * @param jdbcUrl a {@code jdbc:postgresql:} URL with hosts, ports and database, without user, password and parameters
 * @param properties driver properties: {@code user}, {@code password} if known, TLS settings, what the URL's
 *     parameters said
 * @param display the URL as the user gave it, with its password masked; for messages
 */
public record PostgresConfig(String jdbcUrl, Map<String, String> properties, String display) {
    public PostgresConfig {
        requireNonNull(jdbcUrl);
        properties = Map.copyOf(properties);
        requireNonNull(display);
    }

    @Override
    public String toString() {
        return display;
    }
}
