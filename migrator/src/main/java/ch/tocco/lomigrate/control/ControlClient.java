package ch.tocco.lomigrate.control;

import ch.tocco.lomigrate.pacing.SteeringConfig.Places;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the runs of a user on this machine, and asks them. Ignores sockets that no run listens to, and removes those of its own user. */
public final class ControlClient {
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(10);
    private static final int MOST_BYTES = 1 << 20;
    private static final Pattern SOCKET = Pattern.compile("([0-9]{1,18})[.]sock");

    private final ControlDirs directories;
    private final List<Path> looked = new ArrayList<>();

    public ControlClient(Places places) {
        this.directories = new ControlDirs(places);
    }

    /**
     * A run that listens.
     *
     * @param process its process id
     * @param socket where it listens
     */
    public record Run(long process, Path socket) {}

    /**
     * The runs that listen, by process id.
     *
     * @param process only this one, which may be that of another user where root asks; empty: all of this user
     */
    public List<Run> runs(OptionalLong process) throws IOException {
        int user = process.isPresent() ? owner(process.getAsLong()) : ownUser();
        TreeMap<Long, Run> found = new TreeMap<>();
        for (Path directory : directories.of(user)) {
            for (Run run : in(directory, user)) {
                boolean wanted = process.isEmpty() || process.getAsLong() == run.process();
                if (wanted && listens(run)) {
                    found.put(run.process(), run);
                }
            }
        }
        return List.copyOf(found.values());
    }

    /** The directories that were looked into, for a message. */
    public List<Path> looked() {
        return List.copyOf(looked);
    }

    private static int ownUser() throws IOException {
        return ControlDirs.user(Path.of("/proc/self"));
    }

    private static int owner(long process) throws IOException {
        try {
            return ControlDirs.user(Path.of("/proc", Long.toString(process)));
        } catch (NoSuchFileException gone) {
            return ownUser();
        }
    }

    /** What another user has put there counts for nothing. */
    private List<Run> in(Path directory, int user) throws IOException {
        looked.add(directory);
        try {
            if (!ControlDirs.isPrivate(directory, user)) {
                return List.of();
            }
            try (Stream<Path> files = Files.list(directory)) {
                return files.flatMap(file -> run(file).stream()).toList();
            }
        } catch (NoSuchFileException | AccessDeniedException e) {
            return List.of();
        }
    }

    private static Optional<Run> run(Path file) {
        Matcher name = SOCKET.matcher(file.getFileName().toString());
        return name.matches() ? Optional.of(new Run(Long.parseLong(name.group(1)), file)) : Optional.empty();
    }

    private static boolean listens(Run run) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(run.socket()))) {
            return channel.isConnected();
        } catch (ConnectException stale) {
            // a process that lives may be about to put its own there, which must not be removed instead
            if (ProcessHandle.of(run.process()).isEmpty()
                    && Files.getAttribute(run.socket().getParent(), "unix:uid").equals(ownUser())) {
                Files.deleteIfExists(run.socket());
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    /** Asks a run; what goes wrong is an answer too. */
    public Answer ask(Run run, String request) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(run.socket()))) {
            Exchange.send(channel, request + "\n");
            return Answer.received(Exchange.receive(channel, false, MOST_BYTES, LONGEST_ANSWER));
        } catch (IOException e) {
            return new Answer(false, "cannot be reached: " + e.getMessage());
        }
    }
}
