package ch.tocco.lomigrate.login;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hosts of {@code NO_PROXY}, to which requests go directly. By curl's rules the list has names, separated by commas or
 * blanks, each for itself and all names below it, with or without a dot in front; addresses and networks such as
 * {@code 10.0.0.0/8}; or {@code *} alone for all. Unlike with curl, a name or address may have a port.
 */
final class NoProxy {
    private static final Pattern PORT = Pattern.compile("(\\[[^\\]]*\\]|[^:]*):([0-9]{1,5})");
    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(?:[.]" + BYTE + "){3}");

    private final String list;

    NoProxy(String list) {
        this.list = list.toLowerCase(Locale.ROOT).strip();
    }

    /** Whether a host is in the list; never asks a name server. */
    boolean covers(String host, int port) {
        String wanted = plain(host.toLowerCase(Locale.ROOT));
        return list.equals("*")
                || Arrays.stream(list.split("[,\\s]+"))
                        .filter(entry -> !entry.isEmpty())
                        .anyMatch(entry -> covers(entry, wanted, port));
    }

    private static boolean covers(String entry, String host, int port) {
        Matcher withPort = PORT.matcher(entry);
        String name = entry;
        if (withPort.matches()) {
            if (Integer.parseInt(withPort.group(2)) != port) {
                return false;
            }
            name = withPort.group(1);
        }
        Optional<byte[]> address = address(host);
        if (address.isPresent()) {
            return isWithin(address.get(), name);
        }
        String suffix = plain(name.startsWith(".") ? name.substring(1) : name);
        return !suffix.isEmpty() && (host.equals(suffix) || host.endsWith('.' + suffix));
    }

    /** Removes the brackets of IPv6, or the final dot of a full name. */
    private static String plain(String host) {
        if (host.startsWith("[") && host.endsWith("]")) {
            return host.substring(1, host.length() - 1);
        }
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    private static boolean isWithin(byte[] address, String network) {
        int slash = network.indexOf('/');
        Optional<byte[]> base = address(plain(slash < 0 ? network : network.substring(0, slash)));
        if (base.isEmpty() || base.get().length != address.length) {
            return false;
        }
        int bits = slash < 0 ? address.length * Byte.SIZE : bits(network.substring(slash + 1));
        if (bits < 0 || bits > address.length * Byte.SIZE) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % Byte.SIZE;
            if (((address[bit / Byte.SIZE] ^ base.get()[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static int bits(String text) {
        return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
    }

    /** The bytes of an address; empty for a name. */
    private static Optional<byte[]> address(String text) {
        if (!IPV4.matcher(text).matches() && text.indexOf(':') < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text).getAddress());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
