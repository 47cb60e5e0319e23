package ch.tocco.lomigrate.pacing;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How others steer a run, and how it tells them what happens.
 *
 * @param sockets where its control socket may be; empty: it has none
 * @param hook the program that is told what happens to it
 * @param environment of this process; the program gets a few variables of it
 */
public record SteeringConfig(Optional<Places> sockets, Optional<Path> hook, Map<String, String> environment) {
    /** A run that no other process knows of. */
    public static final SteeringConfig NONE = new SteeringConfig(Optional.empty(), Optional.empty(), Map.of());

    public SteeringConfig {
        requireNonNull(sockets);
        requireNonNull(hook);
        environment = Map.copyOf(environment);
    }

    /** Without the environment, which may hold secrets. */
    @Override
    public String toString() {
        return "SteeringConfig[sockets=" + sockets + ", hook=" + hook + "]";
    }

    /**
     * Directories for what lives as long as a process.
     *
     * @param service of a service, by systemd
     * @param session of a user who has logged in
     * @param temporary for everyone
     */
    public record Places(Optional<Path> service, Optional<Path> session, Path temporary) {
        public Places {
            requireNonNull(service);
            requireNonNull(session);
            requireNonNull(temporary);
        }

        /** Those that the environment names. */
        public static Places of(Map<String, String> environment, Path temporary) {
            return new Places(
                    named(environment, "RUNTIME_DIRECTORY"), named(environment, "XDG_RUNTIME_DIR"), temporary);
        }

        /** Of several, with colons between them, the first. */
        private static Optional<Path> named(Map<String, String> environment, String variable) {
            String first = environment.getOrDefault(variable, "").split(":", 2)[0];
            return first.startsWith("/") ? Optional.of(Path.of(first)) : Optional.empty();
        }
    }
}
