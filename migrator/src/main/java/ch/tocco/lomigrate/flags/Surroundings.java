package ch.tocco.lomigrate.flags;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Map;

/**
 * What the command line is read against: everything that the machine and the JVM say, so that tests can say it too.
 *
 * @param environment the environment variables
 * @param home home directory of the user
 * @param user name of the user at the operating system
 * @param temporary default for spill files
 * @param heap most bytes that the Java heap can grow to
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

    /** Those of this process. */
    public static Surroundings ofThisProcess() {
        return new Surroundings(
                System.getenv(),
                Path.of(System.getProperty("user.home", "/")),
                System.getProperty("user.name", ""),
                Path.of(System.getProperty("java.io.tmpdir", "/tmp")),
                Runtime.getRuntime().maxMemory(),
                // the launcher sets it; whether stdout is a terminal cannot be asked portably on Java 17
                Boolean.getBoolean("lo.migrate.live"));
    }
}
