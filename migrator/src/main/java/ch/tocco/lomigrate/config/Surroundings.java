package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Map;

/**
 * What the tool knows of the machine and the JVM when it reads a command line, so that tests can set it.
 *
 * @param environment the environment variables
 * @param home home directory of the user
 * @param user name of the user at the operating system
 * @param temporary default for spill files
 * @param heap largest size of the Java heap, in bytes
 * @param terminal the progress goes to a terminal that can update in place
 */
public record Surroundings(
        Map<String, String> environment, Path home, String user, Path temporary, long heap, boolean terminal) {
    public Surroundings {
        environment = Map.copyOf(environment);
        requireNonNull(home);
        requireNonNull(user);
        requireNonNull(temporary);
    }

    /** The surroundings of this process. */
    public static Surroundings ofThisProcess() {
        return new Surroundings(
                System.getenv(),
                Path.of(System.getProperty("user.home", "/")),
                System.getProperty("user.name", ""),
                Path.of(System.getProperty("java.io.tmpdir", "/tmp")),
                Runtime.getRuntime().maxMemory(),
                // set by the launcher, because Java 17 cannot portably ask whether stdout is a terminal
                Boolean.getBoolean("lo.migrate.live"));
    }
}
