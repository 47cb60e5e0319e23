package ch.tocco.lomigrate.login;

import static java.util.stream.Collectors.joining;

import ch.tocco.lomigrate.config.PostgresConfig;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code postgresql://} URL as libpq understands it, taken apart. Defaults are filled in; everything is decoded.
 *
 * @param user who logs in
 * @param password the password if the URL has one
 * @param hosts servers to try, in this order
 * @param database name of the database
 * @param properties the other parameters as properties of the JDBC driver
 * @param passwordFile the password file if the URL names one
 * @param shownParameters the parameters as given, secrets masked
 */
public record PgUrl(
        String user,
        Optional<String> password,
        List<Host> hosts,
        String database,
        Map<String, String> properties,
        Optional<String> passwordFile,
        String shownParameters) {
    public static final String MASK = "***";
    static final int DEFAULT_PORT = 5432;

    /**
     * One server.
     *
     * @param name host name or address, IPv6 without brackets
     * @param port its port
     */
    public record Host(String name, int port) {
        /** As it stands in a URL. */
        String inUrl() {
            return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
        }
    }

    public PgUrl {
        hosts = List.copyOf(hosts);
        properties = Map.copyOf(properties);
    }

    /**
     * Takes a URL apart.
     *
     * @param systemUser who logs in if the URL names no user, as with psql
     */
    public static PgUrl parse(String text, String systemUser) throws PgUrlException {
        return new PgUrlParser(text, systemUser).parse();
    }

    /** True if a text may contain a password, even if it is not a valid URL. */
    public static boolean mayHoldPassword(String text) {
        int start = text.indexOf("//");
        int at = text.lastIndexOf('@');
        boolean inUser = start >= 0 && at > start && text.substring(start, at).contains(":");
        return inUser || text.contains("password=");
    }

    /** The configuration of the connections. */
    public PostgresConfig config(Optional<String> effectivePassword) {
        Map<String, String> all = new HashMap<>(properties);
        all.put("user", user);
        effectivePassword.ifPresent(p -> all.put("password", p));
        return new PostgresConfig("jdbc:postgresql://" + hostList() + "/" + encoded(database), all, display());
    }

    /** The whole URL, secrets masked. */
    String display() {
        return "postgresql://" + encoded(user) + (password.isPresent() ? ":" + MASK : "") + "@" + hostList() + "/"
                + encoded(database) + (shownParameters.isEmpty() ? "" : "?" + shownParameters);
    }

    private String hostList() {
        return hosts.stream().map(Host::inUrl).collect(joining(","));
    }

    /** {@link URLEncoder} writes a blank as a plus sign, which in these URLs is a plus sign. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return display();
    }
}
