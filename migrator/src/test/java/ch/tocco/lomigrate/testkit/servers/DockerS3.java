package ch.tocco.lomigrate.testkit.servers;

import ch.tocco.lomigrate.testkit.checks.Secrets;
import java.net.URI;
import org.testcontainers.containers.MinIOContainer;

/** MinIO in a container; Testcontainers removes it when the JVM is gone. */
final class DockerS3 implements S3Server {
    private static final String IMAGE = "minio/minio:RELEASE.2023-09-04T19-57-37Z";

    private final MinIOContainer container;

    private DockerS3(MinIOContainer container) {
        this.container = container;
    }

    static DockerS3 start() {
        var container = new MinIOContainer(IMAGE).withPassword(Secrets.SECRET_KEY);
        container.start();
        return new DockerS3(container);
    }

    @Override
    public URI endpoint() {
        return URI.create(container.getS3URL());
    }

    @Override
    public String accessKey() {
        return container.getUserName();
    }

    @Override
    public String secretKey() {
        return container.getPassword();
    }

    @Override
    public String kind() {
        return "docker";
    }

    @Override
    public String product() {
        return "MinIO";
    }
}
