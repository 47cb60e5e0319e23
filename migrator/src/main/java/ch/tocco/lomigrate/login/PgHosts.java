package ch.tocco.lomigrate.login;

import ch.tocco.lomigrate.login.PgUrl.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the servers of a database URL: {@code h1:5432,h2,[::1]:5433}, or the parameters host and port. */
final class PgHosts {
    private static final String DEFAULT_HOST = "localhost";
    private static final int MAX_PORT = 65_535;

    private final String inFront;
    private final Optional<String> hostParameter;
    private final Optional<String> portParameter;

    PgHosts(String inFront, Optional<String> hostParameter, Optional<String> portParameter) {
        this.inFront = inFront;
        this.hostParameter = hostParameter;
        this.portParameter = portParameter;
    }

    /** At least one; without any in the URL it is {@value #DEFAULT_HOST}. */
    List<Host> all() throws PgUrlException {
        if (!inFront.isEmpty() && (hostParameter.isPresent() || portParameter.isPresent())) {
            throw new PgUrlException("has hosts before the '?' and host or port as a parameter");
        }
        return inFront.isEmpty() ? fromParameters() : fromFront();
    }

    private List<Host> fromFront() throws PgUrlException {
        List<Host> hosts = new ArrayList<>();
        for (String item : inFront.split(",", -1)) {
            int place = hosts.size() + 1;
            int end = item.startsWith("[") ? item.indexOf(']') : item.indexOf(':');
            if (item.startsWith("[") && end < 0) {
                throw new PgUrlException("has a '[' without ']' at host " + place);
            }
            String name = item.startsWith("[") ? item.substring(1, end) : end < 0 ? item : item.substring(0, end);
            String rest = item.startsWith("[") ? item.substring(end + 1) : end < 0 ? "" : item.substring(end);
            if (!rest.isEmpty() && !rest.startsWith(":")) {
                throw new PgUrlException("has something other than a port after ']' at host " + place);
            }
            hosts.add(host(PercentDecoder.decode(name, "host"), rest.isEmpty() ? rest : rest.substring(1), place));
        }
        return hosts;
    }

    private List<Host> fromParameters() throws PgUrlException {
        String[] names = hostParameter.orElse("").split(",", -1);
        String[] ports = portParameter.orElse("").split(",", -1);
        if (ports.length != 1 && ports.length != names.length) {
            throw new PgUrlException("has " + names.length + " hosts but " + ports.length + " ports");
        }
        List<Host> hosts = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            hosts.add(host(names[i], ports[ports.length == 1 ? 0 : i], i + 1));
        }
        return hosts;
    }

    private static Host host(String name, String port, int place) throws PgUrlException {
        if (name.startsWith("/") || name.startsWith("@")) {
            throw new PgUrlException("names the unix socket " + name + ": the JDBC driver connects by TCP only, use the"
                    + " host name (localhost) and a port");
        }
        // the driver takes these apart again: none of them may stand in a name
        if (!name.matches("[^\\s,/?#@\\[\\]%&]*")) {
            throw new PgUrlException("has no valid host name at host " + place);
        }
        return new Host(name.isEmpty() ? DEFAULT_HOST : name, port(port, place));
    }

    private static int port(String text, int place) throws PgUrlException {
        if (text.isEmpty()) {
            return PgUrl.DEFAULT_PORT;
        }
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > MAX_PORT) {
            throw new PgUrlException("has no valid port at host " + place + " (1 to " + MAX_PORT
                    + "; percent-encode ':', '/', '?' and '@' in a password)");
        }
        return port;
    }
}
