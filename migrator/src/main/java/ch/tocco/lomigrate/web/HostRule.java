package ch.tocco.lomigrate.web;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which names a browser may know this server by. A page of another site can have its own name resolved to this machine's
 * address (DNS rebinding) and would then read what only this machine's users may; but its requests name that site. So
 * requests must name an address, {@code localhost}, or the host that the user has given. Immutable.
 */
final class HostRule {
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-f:.]+(?:%[\\w.]+)?]|[^:\\[\\]]+)(?::[0-9]{1,5})?");
    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");

    private final String given;

    /** @param given the host of the flag, IPv6 without brackets */
    HostRule(String given) {
        this.given = given.toLowerCase(Locale.ROOT);
    }

    /** @param hosts the Host headers of a request; null: it has none */
    boolean allows(List<String> hosts) {
        if (hosts == null || hosts.size() != 1) {
            return false;
        }
        Matcher host = HOST.matcher(hosts.get(0).strip().toLowerCase(Locale.ROOT));
        if (!host.matches()) {
            return false;
        }
        String name = host.group(1);
        return name.startsWith("[")
                || name.equals("localhost")
                || name.equals(given)
                || IPV4.matcher(name).matches();
    }
}
