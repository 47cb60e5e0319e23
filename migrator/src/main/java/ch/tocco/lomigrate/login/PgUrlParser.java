package ch.tocco.lomigrate.login;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes one database URL apart, by libpq's rules. No message repeats user, password, port or an unnamed rest: if a
 * reserved character in a password was not encoded, each of them may be a piece of it.
 */
final class PgUrlParser {
    private static final List<String> SCHEMES = List.of("postgresql://", "postgres://");

    private final String text;
    private final String systemUser;
    private final Map<String, String> parameters = new LinkedHashMap<>();

    PgUrlParser(String text, String systemUser) {
        this.text = text;
        this.systemUser = systemUser;
    }

    PgUrl parse() throws PgUrlException {
        String rest = withoutScheme();
        int question = rest.indexOf('?');
        String location = question < 0 ? rest : rest.substring(0, question);
        int slash = location.indexOf('/');
        String authority = slash < 0 ? location : location.substring(0, slash);
        String path = slash < 0 ? "" : location.substring(slash + 1);
        requireEncodedPassword(authority, rest.substring(authority.length()));
        int at = authority.lastIndexOf('@');
        Optional<String[]> login = at < 0 ? Optional.empty() : Optional.of(login(authority.substring(0, at)));
        parseParameters(question < 0 ? "" : rest.substring(question + 1));

        String user =
                once("user", login.map(l -> l[0])).filter(u -> !u.isEmpty()).orElse(systemUser);
        Optional<String> password = once("password", login.map(l -> l[1])).filter(p -> !p.isEmpty());
        Optional<String> named = once("dbname", Optional.of(PercentDecoder.decode(path, "database name")));
        String database = named.filter(d -> !d.isEmpty()).orElse(user);
        List<PgUrl.Host> hosts = new PgHosts(authority.substring(at + 1), take("host"), take("port")).all();
        Optional<String> passwordFile = take("passfile");
        PgParameters translated = new PgParameters(parameters);
        return new PgUrl(user, password, hosts, database, translated.properties(), passwordFile, translated.shown());
    }

    private String withoutScheme() throws PgUrlException {
        for (String scheme : SCHEMES) {
            if (text.startsWith(scheme)) {
                return text.substring(scheme.length());
            }
        }
        throw new PgUrlException(
                text.startsWith("jdbc:")
                        ? "must begin with postgresql:// (without jdbc:)"
                        : "must begin with postgresql:// or postgres://");
    }

    /** A slash or question mark in the password moves the rest of it into host, port, database or parameters. */
    private static void requireEncodedPassword(String authority, String rest) throws PgUrlException {
        if (rest.contains("@")
                && (!authority.contains("@") || beforeParameters(rest).contains("@"))) {
            throw new PgUrlException("has an '@' after the first '/' or '?': percent-encode '/' as %2F, '?' as %3F and"
                    + " '@' as %40 in user, password and database");
        }
    }

    private static String beforeParameters(String rest) {
        int question = rest.indexOf('?');
        return question < 0 ? rest : rest.substring(0, question);
    }

    private static String[] login(String text) throws PgUrlException {
        int colon = text.indexOf(':');
        String user = colon < 0 ? text : text.substring(0, colon);
        String password = colon < 0 ? "" : text.substring(colon + 1);
        return new String[] {PercentDecoder.decode(user, "user"), PercentDecoder.decode(password, "password")};
    }

    private void parseParameters(String query) throws PgUrlException {
        List<String> mistakes = new ArrayList<>();
        for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                mistakes.add("has a parameter that is not NAME=VALUE");
                continue;
            }
            String name = PercentDecoder.decode(pair.substring(0, equals), "parameters");
            String value = PercentDecoder.decode(pair.substring(equals + 1), "parameter " + name);
            if (parameters.putIfAbsent(name, value) != null) {
                mistakes.add("has the parameter " + name + " more than once");
            }
        }
        if (!mistakes.isEmpty()) {
            throw new PgUrlException(mistakes);
        }
    }

    private Optional<String> take(String name) {
        return Optional.ofNullable(parameters.remove(name));
    }

    /** The value from the front part of the URL or from a parameter; refuses a URL that has both. */
    private Optional<String> once(String name, Optional<String> inFront) throws PgUrlException {
        Optional<String> parameter = take(name);
        Optional<String> front = inFront.filter(f -> !f.isEmpty());
        if (parameter.isPresent() && front.isPresent()) {
            throw new PgUrlException("has " + name + " twice: before the '?' and as a parameter");
        }
        return parameter.or(() -> front);
    }
}
