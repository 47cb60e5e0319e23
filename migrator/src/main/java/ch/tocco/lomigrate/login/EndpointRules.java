package ch.tocco.lomigrate.login;

import ch.tocco.lomigrate.lifecycle.ServerWords;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Rules for S3 endpoints, buckets and regions. Each method returns what is wrong, if anything is. */
public final class EndpointRules {
    /** Amazon's rules for bucket names: these names can also be part of a host name. */
    private static final Pattern IN_HOST_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    /** Characters that would break a path or a line of the log. */
    private static final Pattern NOT_IN_BUCKET = Pattern.compile("[/?#\\s\\p{Cntrl}]|[.][.]|^[.]$");

    private static final Pattern UNDERSCORE = Pattern.compile("[A-Za-z0-9.-]*_[A-Za-z0-9._-]*(:[0-9]+)?");

    private static final Pattern IP_ADDRESS = Pattern.compile("[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+");
    private static final Pattern REGION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}");
    private static final int MAX_PORT = 65535;

    private EndpointRules() {}

    /** The answer never repeats the URL, which may contain a key by mistake. */
    public static Optional<String> wrongWithUrl(String text) {
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
        if (url.getHost() == null
                && url.getRawAuthority() != null
                && UNDERSCORE.matcher(url.getRawAuthority()).matches()) {
            return Optional.of("has a host name with an underscore, which the S3 client cannot use: give the host"
                    + " another name, or write its address");
        }
        if (url.getHost() == null || url.getPort() == 0 || url.getPort() > MAX_PORT) {
            return Optional.of("has no valid host and port");
        }
        return url.getRawQuery() != null || url.getRawFragment() != null
                ? Optional.of("must end after host, port and path")
                : Optional.empty();
    }

    /** A path of the endpoint is allowed; only a path that already ends with the bucket is a mistake. */
    public static Optional<String> wrongWithPath(URI endpoint, String bucket) {
        String path = endpoint.getPath() == null ? "" : endpoint.getPath().replaceFirst("/+$", "");
        return path.endsWith('/' + bucket)
                ? Optional.of("must end before '/" + bucket + "': the bucket goes to --bucket")
                : Optional.empty();
    }

    /** Stores allow different names: on Ceph they may have capitals, underscores and a tenant. */
    public static Optional<String> wrongWithBucket(String name, boolean inHostName) {
        if (NOT_IN_BUCKET.matcher(name).find()) {
            return Optional.of("is no bucket name: '" + ServerWords.firstLine(name)
                    + "' (no '/', '?', '#', blanks, control characters and '..')");
        }
        if (name.startsWith("arn:")) {
            return Optional.of("is no bucket name: '" + name + "' (ARNs are not supported)");
        }
        return inHostName
                        && (!IN_HOST_NAME.matcher(name).matches()
                                || IP_ADDRESS.matcher(name).matches())
                ? Optional.of("cannot be part of a host name: '" + name + "'; leave out --virtual-hosted")
                : Optional.empty();
    }

    public static Optional<String> wrongWithRegion(String name) {
        return REGION.matcher(name).matches() ? Optional.empty() : Optional.of("is no region name: '" + name + "'");
    }

    /** An address, before which no bucket name can stand. */
    public static boolean isIpAddress(URI endpoint) {
        return endpoint.getHost().startsWith("[")
                || IP_ADDRESS.matcher(endpoint.getHost()).matches();
    }
}
