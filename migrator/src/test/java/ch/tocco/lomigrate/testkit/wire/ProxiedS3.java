package ch.tocco.lomigrate.testkit.wire;

import ch.tocco.lomigrate.testkit.checks.BucketInspector;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.net.URI;

/**
 * An S3 server as it is reached through a {@link FaultProxy}.
 *
 * @param server the server itself
 * @param proxy in front of it
 */
public record ProxiedS3(S3Server server, FaultProxy proxy) implements S3Server {
    @Override
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + proxy.port());
    }

    @Override
    public String accessKey() {
        return server.accessKey();
    }

    @Override
    public String secretKey() {
        return server.secretKey();
    }

    @Override
    public String kind() {
        return server.kind();
    }

    @Override
    public String product() {
        return server.product();
    }

    /** Looks at the server itself: the faults are for the tool. */
    @Override
    public BucketInspector inspect(String bucket) {
        return server.inspect(bucket);
    }
}
