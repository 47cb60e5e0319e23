package ch.tocco.lomigrate.login;

import ch.tocco.lomigrate.config.HttpProxy;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY}, or their twins in lower case, which win as with curl. Only
 * this class reads them: the clients of the store would each read other variables, by rules of their own.
 */
public final class ProxyVariables {
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://(.*)");
    private static final Pattern SERVER =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)\\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?");
    private static final int MAX_PORT = 65535;

    private final Map<String, String> environment;

    /** @param environment the environment variables */
    public ProxyVariables(Map<String, String> environment) {
        this.environment = environment;
    }

    /** A variable that cannot be used. The message says why, without the value, which may be a secret. */
    public static final class WrongException extends Exception {
        WrongException(String variable, String wrong) {
            super(variable + " " + wrong);
        }
    }

    /**
     * The proxy for requests to a server; empty if requests go directly.
     *
     * @param scheme what it speaks, {@code http} or {@code https}
     * @param host its name or address
     * @param port its port, negative for the usual one
     * @throws WrongException the variable has something other than the URL of a proxy
     */
    public Optional<HttpProxy> proxyFor(String scheme, String host, int port) throws WrongException {
        String known = scheme.toLowerCase(Locale.ROOT);
        Optional<String> variable = set(known + "_proxy");
        NoProxy direct = new NoProxy(set("no_proxy").map(environment::get).orElse(""));
        return variable.isEmpty() || direct.covers(host, port < 0 ? usualPort(known) : port)
                ? Optional.empty()
                : Optional.of(proxy(variable.get()));
    }

    private static int usualPort(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }

    /** The name of the variable that is set, in lower or upper case; an empty one counts as not set. */
    private Optional<String> set(String name) {
        return Optional.of(name)
                .filter(this::isSet)
                .or(() -> Optional.of(name.toUpperCase(Locale.ROOT)).filter(this::isSet));
    }

    private boolean isSet(String name) {
        return !environment.getOrDefault(name, "").isBlank();
    }

    private HttpProxy proxy(String variable) throws WrongException {
        String text = environment.get(variable).strip();
        Matcher withScheme = SCHEME.matcher(text);
        String scheme = "http";
        if (withScheme.matches()) {
            scheme = withScheme.group(1).toLowerCase(Locale.ROOT);
            text = withScheme.group(2);
        }
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new WrongException(variable, "must begin with http:// or https://: other proxies are not supported");
        }
        int end = text.replaceAll("[/?#]", "/").indexOf('/');
        String rest = end < 0 ? "" : text.substring(end);
        String authority = end < 0 ? text : text.substring(0, end);
        if (rest.contains("@")) {
            throw new WrongException(
                    variable, "has an '@' after the first '/', '?' or '#': percent-encode these in user and password");
        }
        if (!rest.isEmpty() && !rest.equals("/")) {
            throw new WrongException(variable, "must end after host and port");
        }
        int at = authority.lastIndexOf('@');
        Matcher server = SERVER.matcher(authority.substring(at + 1));
        if (!server.matches()) {
            throw new WrongException(variable, "has no valid host and port: write http://HOST:PORT");
        }
        int port = server.group(3) == null ? usualPort(scheme) : Integer.parseInt(server.group(3));
        if (port == 0 || port > MAX_PORT) {
            throw new WrongException(variable, "has no valid port: it must be from 1 to " + MAX_PORT);
        }
        return new HttpProxy(
                scheme.equals("https"),
                server.group(1) == null ? server.group(2) : server.group(1),
                port,
                at < 0 ? Optional.empty() : Optional.of(login(variable, authority.substring(0, at))),
                variable);
    }

    private static HttpProxy.Login login(String variable, String text) throws WrongException {
        int colon = text.indexOf(':');
        try {
            return new HttpProxy.Login(
                    PercentDecoder.decode(colon < 0 ? text : text.substring(0, colon), "user"),
                    PercentDecoder.decode(colon < 0 ? "" : text.substring(colon + 1), "password"));
        } catch (PgUrlException e) {
            throw new WrongException(variable, e.getMessage());
        }
    }
}
