package ch.tocco.lomigrate.flags;

import ch.tocco.lomigrate.config.CaBundle;
import ch.tocco.lomigrate.config.HttpProxy;
import ch.tocco.lomigrate.config.ObjectSettings;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.config.Surroundings;
import ch.tocco.lomigrate.config.WebIdentity;
import ch.tocco.lomigrate.login.EndpointRules;
import ch.tocco.lomigrate.login.ProxyVariables;
import ch.tocco.lomigrate.values.Converters;
import com.beust.jcommander.Parameter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Which bucket, and how a run writes objects to it. */
public final class StoreFlags {
    private static final String CHAIN = "from the AWS default credential chain";

    @Parameter(
            names = {"-u", "--s3-url"},
            placeholder = "URL",
            category = Headings.TARGET,
            order = 20,
            description = "S3 endpoint without the bucket, as in https://s3.example.com. Required.")
    String s3Url;

    @Parameter(
            names = {"-b", "--bucket"},
            placeholder = "NAME",
            category = Headings.TARGET,
            order = 21,
            description = "Bucket that takes the objects; it must exist. Required.")
    String bucket;

    @Parameter(
            names = {"-k", "--access-key"},
            placeholder = "KEY",
            category = Headings.TARGET,
            order = 22,
            defaultValueDescription = CHAIN,
            description = "S3 access key. With temporary keys, AWS_SESSION_TOKEN has their session token.")
    String accessKey;

    @Parameter(
            names = {"-s", "--secret-key"},
            placeholder = "KEY",
            category = Headings.TARGET,
            order = 23,
            defaultValueDescription = CHAIN,
            description = "S3 secret key. Other users of this machine can read a command line: better use"
                    + " LO_MIGRATE_SECRET_KEY or an @file.")
    String secretKey;

    @Parameter(
            names = "--region",
            placeholder = "NAME",
            category = Headings.TARGET,
            order = 24,
            description = "Region that requests are signed for.")
    String region = S3Config.DEFAULT_REGION;

    @Parameter(
            names = "--virtual-hosted",
            arity = 1,
            converter = Converters.Switch.class,
            category = Headings.TARGET,
            order = 25,
            description = "Put the bucket into the host name instead of the path.")
    boolean virtualHosted;

    @Parameter(
            names = "--upload-chunk-size",
            placeholder = "KiB",
            converter = Converters.PartSize.class,
            category = Headings.TARGET,
            order = 26,
            description = "Size of one part of a multipart upload, at least 5120.")
    Long uploadChunkSize = S3Config.DEFAULT_PART_SIZE;

    @Parameter(
            names = "--multipart-threshold",
            placeholder = "KiB",
            converter = Converters.MultipartThreshold.class,
            category = Headings.TARGET,
            order = 27,
            description =
                    "Objects up to this size are sent in one request, larger ones in parts. 0: the part size is the limit.")
    Long multipartThreshold = S3Config.DEFAULT_MULTIPART_THRESHOLD;

    @Parameter(
            names = "--ca-bundle",
            placeholder = "FILE",
            converter = Converters.FilePath.class,
            category = Headings.TARGET,
            order = 29,
            defaultValueDescription = "the system's",
            description =
                    "PEM file with the authorities that the certificate of the store (and of the token service of a web"
                            + " identity) may come from, instead of the system's.")
    Path caBundle;

    /** The settings; empty only if a mistake was noted. */
    public Optional<S3Config> toConfig(Surroundings surroundings, Mistakes mistakes) {
        Optional<S3Config.Keys> keys = keys(surroundings.environment(), mistakes);
        EndpointRules.wrongWithRegion(region).ifPresent(wrong -> mistakes.mistake("--region", wrong));
        Optional<URI> endpoint = endpoint(mistakes);
        boolean validBucket = isValidBucket(mistakes);
        if (endpoint.isEmpty() || !validBucket) {
            return Optional.empty();
        }
        EndpointRules.wrongWithPath(endpoint.get(), bucket).ifPresent(wrong -> mistakes.mistake("--s3-url", wrong));
        try {
            String host = virtualHosted
                    ? bucket + '.' + endpoint.get().getHost()
                    : endpoint.get().getHost();
            ProxyVariables proxies = new ProxyVariables(surroundings.environment());
            Optional<HttpProxy> proxy = proxies.proxyFor(
                    endpoint.get().getScheme(), host, endpoint.get().getPort());
            Optional<WebIdentity> webIdentity =
                    keys.isPresent() ? Optional.empty() : webIdentity(surroundings.environment(), proxies);
            return Optional.of(new S3Config(
                    endpoint.get(),
                    region,
                    bucket,
                    keys,
                    virtualHosted,
                    multipartThreshold,
                    uploadChunkSize,
                    proxy,
                    webIdentity,
                    authorities(mistakes),
                    ObjectSettings.OF_THE_BUCKET));
        } catch (ProxyVariables.WrongException e) {
            mistakes.mistake(e.getMessage());
            return Optional.empty();
        }
    }

    /** Like the AWS default credential chain, takes keys in the environment before a web identity. */
    private Optional<WebIdentity> webIdentity(Map<String, String> environment, ProxyVariables proxies)
            throws ProxyVariables.WrongException {
        String file = environment.getOrDefault("AWS_WEB_IDENTITY_TOKEN_FILE", "");
        String role = environment.getOrDefault(WebIdentity.ROLE, "");
        boolean keys = !environment.getOrDefault("AWS_ACCESS_KEY_ID", "").isEmpty()
                && !environment.getOrDefault("AWS_SECRET_ACCESS_KEY", "").isEmpty();
        if (file.isEmpty() || role.isEmpty() || keys) {
            return Optional.empty();
        }
        String near = firstSet(environment, "AWS_REGION", "AWS_DEFAULT_REGION").orElse(region);
        URI service = URI.create("https://sts." + near + ".amazonaws.com");
        try {
            service = firstSet(environment, "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL")
                    .map(URI::create)
                    .filter(url -> url.getScheme() != null && url.getHost() != null)
                    .orElse(service);
        } catch (IllegalArgumentException e) {
            // the client reads the variable too, and its error names it
        }
        return Optional.of(new WebIdentity(
                Path.of(file),
                role,
                firstSet(environment, "AWS_ROLE_SESSION_NAME").orElse("lo-migrate"),
                near,
                proxies.proxyFor(service.getScheme(), service.getHost(), service.getPort())));
    }

    private static Optional<String> firstSet(Map<String, String> environment, String... names) {
        return Arrays.stream(names)
                .map(name -> environment.getOrDefault(name, ""))
                .filter(value -> !value.isBlank())
                .findFirst();
    }

    private Optional<CaBundle> authorities(Mistakes mistakes) {
        if (caBundle == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(CaBundle.read(caBundle));
        } catch (NoSuchFileException e) {
            mistakes.mistake("--ca-bundle", "names a file that is not there: " + caBundle);
        } catch (IOException e) {
            mistakes.mistake("--ca-bundle", "names a file that cannot be read: " + caBundle);
        } catch (CertificateException e) {
            mistakes.mistake("--ca-bundle", "names a file without readable PEM certificates: " + caBundle);
        }
        return Optional.empty();
    }

    private Optional<URI> endpoint(Mistakes mistakes) {
        if (!mistakes.isPresent("--s3-url", s3Url)) {
            return Optional.empty();
        }
        Optional<String> wrong = EndpointRules.wrongWithUrl(s3Url);
        if (wrong.isPresent()) {
            mistakes.mistake("--s3-url", wrong.get());
            return Optional.empty();
        }
        URI endpoint = URI.create(s3Url);
        if (virtualHosted && EndpointRules.isIpAddress(endpoint)) {
            mistakes.mistake("--virtual-hosted", "needs a host name in --s3-url, not an IP address");
        }
        return Optional.of(endpoint);
    }

    private boolean isValidBucket(Mistakes mistakes) {
        if (!mistakes.isPresent("--bucket", bucket)) {
            return false;
        }
        Optional<String> wrong = EndpointRules.wrongWithBucket(bucket, virtualHosted);
        wrong.ifPresent(w -> mistakes.mistake("--bucket", w));
        return wrong.isEmpty();
    }

    private Optional<S3Config.Keys> keys(Map<String, String> environment, Mistakes mistakes) {
        if (accessKey == null && secretKey == null) {
            return Optional.empty();
        }
        if (accessKey == null || secretKey == null) {
            String missing = accessKey == null ? "--access-key" : "--secret-key";
            String present = accessKey == null ? "--secret-key" : "--access-key";
            mistakes.mistake(missing + " is missing: give both keys, or neither for the AWS default credential chain ("
                    + present + " is given)");
            return Optional.empty();
        }
        boolean access = mistakes.isNotBlank("--access-key", accessKey);
        boolean secret = mistakes.isNotBlank("--secret-key", secretKey);
        return access && secret
                ? Optional.of(new S3Config.Keys(accessKey, secretKey, sessionToken(environment, mistakes)))
                : Optional.empty();
    }

    /** The session token of temporary keys, which has no flag. It may belong to other keys in the environment. */
    private Optional<String> sessionToken(Map<String, String> environment, Mistakes mistakes) {
        Optional<String> token =
                Optional.of(environment.getOrDefault("AWS_SESSION_TOKEN", "")).filter(text -> !text.isBlank());
        String otherKey = environment.getOrDefault("AWS_ACCESS_KEY_ID", "");
        if (token.isPresent() && !otherKey.isEmpty() && !otherKey.equals(accessKey)) {
            mistakes.warning("AWS_SESSION_TOKEN is not used: it belongs to AWS_ACCESS_KEY_ID, which is another key than"
                    + " --access-key");
            return Optional.empty();
        }
        return token;
    }
}
