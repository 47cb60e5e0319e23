package ch.tocco.lomigrate.flags;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What an S3 endpoint, a bucket and a region may look like. Each method says what is wrong, if anything is. */
final class EndpointRules {
    /** General purpose buckets, by Amazon's naming rules; the Ceph gateway's are the same by default. */
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    private static final Pattern IP_ADDRESS = Pattern.compile("[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+");
    private static final Pattern REGION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}");
    private static final int MAX_PORT = 65535;

    private EndpointRules() {}

    /** Never repeats the URL: a key may have been put into it. */
    static Optional<String> wrongWithUrl(String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            return Optional.of("is not a URL");
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return Optional.of("must begin with http:// or https://");
        }
        if (url.getRawUserInfo() != null) {
            return Optional.of("must not have a user: keys go to --access-key and --secret-key");
        }
        if (url.getHost() == null || url.getPort() == 0 || url.getPort() > MAX_PORT) {
            return Optional.of("has no valid host and port");
        }
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            return Optional.of("must end after host and port");
        }
        String path = url.getRawPath();
        return path == null || path.isEmpty() || path.equals("/")
                ? Optional.empty()
                : Optional.of("must end after host and port, without '" + path + "': the bucket goes to --bucket");
    }

    static Optional<String> wrongWithBucket(String name) {
        if (!BUCKET.matcher(name).matches()
                || name.contains("..")
                || IP_ADDRESS.matcher(name).matches()) {
            return Optional.of("is no legal bucket name: '" + name + "' (3 to 63 of a-z, 0-9, '-' and '.', a letter or"
                    + " digit at both ends, no '..', no IP address)");
        }
        return Optional.empty();
    }

    static Optional<String> wrongWithRegion(String name) {
        return REGION.matcher(name).matches() ? Optional.empty() : Optional.of("is no region name: '" + name + "'");
    }

    /** Host names that cannot have a bucket put before them. */
    static boolean isIpAddress(URI endpoint) {
        return endpoint.getHost().startsWith("[")
                || IP_ADDRESS.matcher(endpoint.getHost()).matches();
    }
}
