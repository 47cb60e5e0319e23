package ch.tocco.lomigrate.testkit.servers;

import org.testcontainers.DockerClientFactory;

/** Tells whether a Docker engine answers. Asked once per JVM; without an engine that takes well under a second. */
final class DockerEngine {
    private static final boolean ANSWERS = DockerClientFactory.instance().isDockerAvailable();

    private DockerEngine() {}

    static boolean answers() {
        return ANSWERS;
    }
}
