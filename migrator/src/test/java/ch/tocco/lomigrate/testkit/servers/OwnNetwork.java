package ch.tocco.lomigrate.testkit.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A second machine, as far as the network is concerned: a network namespace with one link to this machine. When the link is
 * cut, its kernel answers nothing any more, as after a power cut. Only root can have one.
 */
public final class OwnNetwork implements AutoCloseable {
    /** Addresses that are for documentation, so no network here has them. */
    private static final String HOST = "198.51.100.1";

    private static final String INSIDE = "198.51.100.2";
    private static final int LIMIT_SECONDS = 20;

    private final String name = "lo-migrate-" + ProcessHandle.current().pid();
    private final String link = "lom" + ProcessHandle.current().pid();

    private OwnNetwork() {}

    /** Makes it; empty: this machine does not permit it. */
    public static Optional<OwnNetwork> open() {
        OwnNetwork network = new OwnNetwork();
        boolean made = network.ip("netns add " + network.name)
                && network.ip("link add " + network.link + " type veth peer name eth0 netns " + network.name)
                && network.ip("addr add " + HOST + "/30 dev " + network.link)
                && network.ip("link set " + network.link + " up")
                && network.ip("-n " + network.name + " addr add " + INSIDE + "/30 dev eth0")
                && network.ip("-n " + network.name + " link set eth0 up")
                && network.ip("-n " + network.name + " link set lo up");
        if (!made) {
            network.close();
        }
        return made ? Optional.of(network) : Optional.empty();
    }

    private boolean ip(String arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments.split(" ")));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notInstalled) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** This machine's address, as the other one sees it. */
    public String host() {
        return HOST;
    }

    /** The command that executes a line of a shell, its last argument, on the other machine. */
    public List<String> shell() {
        return List.of("ip", "netns", "exec", name, "sh", "-c");
    }

    /** From now on no packet comes from there. */
    public void cut() {
        if (!ip("-n " + name + " link set eth0 down")) {
            throw new IllegalStateException("the link cannot be cut");
        }
    }

    @Override
    public void close() {
        ip("netns del " + name);
        ip("link del " + link);
    }
}
