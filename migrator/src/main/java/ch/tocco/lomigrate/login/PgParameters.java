package ch.tocco.lomigrate.login;

import static java.util.Map.entry;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.postgresql.PGProperty;

/**
 * Translates the parameters of a database URL, libpq's names and the JDBC driver's own, to driver properties. A name
 * that neither knows, or that would have no effect, is refused: a silently ignored TLS setting is the worst of all.
 */
final class PgParameters {
    /** libpq's names with a counterpart that takes the same values. Those spelt alike are the driver's own. */
    private static final Map<String, String> RENAMED = Map.ofEntries(
            entry("application_name", PGProperty.APPLICATION_NAME.getName()),
            entry("channel_binding", PGProperty.CHANNEL_BINDING.getName()),
            entry("connect_timeout", PGProperty.CONNECT_TIMEOUT.getName()),
            entry("gssencmode", PGProperty.GSS_ENC_MODE.getName()),
            entry("krbsrvname", PGProperty.KERBEROS_SERVER_NAME.getName()),
            entry("require_auth", PGProperty.REQUIRE_AUTH.getName()),
            entry("sslnegotiation", PGProperty.SSL_NEGOTIATION.getName()));

    private static final Map<String, String> SERVER_TYPES = Map.of(
            "any", "any",
            "read-write", "primary",
            "primary", "primary",
            "read-only", "secondary",
            "standby", "secondary",
            "prefer-standby", "preferSecondary");

    /** Say what the URL itself says, or read more of it from elsewhere. */
    private static final Set<String> NOT_IN_A_URL =
            Set.of("PGHOST", "PGPORT", "PGDBNAME", "service", "user", "password");

    private static final Set<String> NUMBERS =
            Set.of("connectTimeout", "socketTimeout", "loginTimeout", "cancelSignalTimeout", "sslResponseTimeout");
    private static final Set<String> FILES = Set.of("sslrootcert", "sslcert", "sslkey");
    private static final Set<String> SECRETS = Set.of("sslpassword");

    private final Map<String, String> properties = new LinkedHashMap<>();
    private final List<String> shown = new ArrayList<>();
    private final List<String> mistakes = new ArrayList<>();

    /** @param parameters decoded, without those that name user, password, hosts and database */
    PgParameters(Map<String, String> parameters) throws PgUrlException {
        parameters.forEach((name, value) -> {
            shown.add(name + "=" + (SECRETS.contains(name) ? PgUrl.MASK : value));
            translate(name, value);
        });
        completeTls();
        if (!mistakes.isEmpty()) {
            throw new PgUrlException(mistakes);
        }
    }

    Map<String, String> properties() {
        return properties;
    }

    /** The parameters as given, secrets masked. */
    String shown() {
        return String.join("&", shown);
    }

    private void translate(String name, String value) {
        switch (name) {
            case "target_session_attrs" -> putOneOf(name, PGProperty.TARGET_SERVER_TYPE, value, SERVER_TYPES);
            case "keepalives" -> putOneOf(name, PGProperty.TCP_KEEP_ALIVE, value, Map.of("0", "false", "1", "true"));
            case "load_balance_hosts" ->
                putOneOf(name, PGProperty.LOAD_BALANCE_HOSTS, value, Map.of("disable", "false", "random", "true"));
            case "client_encoding" -> requireUtf8(value);
            default -> putChecked(name, RENAMED.getOrDefault(name, name), value);
        }
    }

    private void putOneOf(String name, PGProperty property, String value, Map<String, String> translation) {
        String translated = translation.get(value);
        if (translated == null) {
            mistakes.add("has the parameter " + name + " with a value other than "
                    + String.join(", ", translation.keySet().stream().sorted().toList()));
        } else {
            put(name, property.getName(), translated);
        }
    }

    private void putChecked(String name, String property, String value) {
        PGProperty known = NOT_IN_A_URL.contains(property) ? null : PGProperty.forName(property);
        if (known == null) {
            mistakes.add("has the unknown or unsupported parameter " + name);
        } else if (known.getChoices() != null && !List.of(known.getChoices()).contains(value)) {
            mistakes.add(
                    "has the parameter " + name + " with a value other than " + String.join(", ", known.getChoices()));
        } else if (NUMBERS.contains(property) && !value.matches("[0-9]{1,6}")) {
            mistakes.add("has the parameter " + name + " with a value that is no number of seconds");
        } else {
            put(name, property, value);
        }
    }

    private void put(String name, String property, String value) {
        if (properties.putIfAbsent(property, value) != null) {
            mistakes.add("has the parameter " + name + " under two names");
        }
    }

    private void requireUtf8(String value) {
        if (!Set.of("utf8", "utf-8", "unicode", "auto").contains(value.toLowerCase(Locale.ROOT))) {
            mistakes.add("has the parameter client_encoding with a value other than UTF8");
        }
    }

    /** Where the driver's reading of the TLS parameters is laxer than libpq's, libpq's holds. */
    private void completeTls() {
        String rootCertificate = properties.get("sslrootcert");
        if ("system".equals(rootCertificate)) {
            properties.remove("sslrootcert");
            put("sslrootcert", PGProperty.SSL_FACTORY.getName(), "org.postgresql.ssl.DefaultJavaSSLFactory");
            if (!"verify-full".equals(properties.getOrDefault("sslmode", "verify-full"))) {
                mistakes.add("has sslrootcert=system, which takes sslmode=verify-full");
            }
            properties.put("sslmode", "verify-full");
        } else if (rootCertificate != null && "require".equals(properties.get("sslmode"))) {
            properties.put("sslmode", "verify-ca");
        }
        for (String name : FILES) {
            String file = properties.get(name);
            if (file != null && !file.isEmpty() && !Files.isReadable(Path.of(file))) {
                mistakes.add("has the parameter " + name + " with a file that cannot be read: " + file);
            }
        }
    }
}
