package ch.tocco.lomigrate.control;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import ch.tocco.lomigrate.pacing.SteeringConfig.Places;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The directories that control sockets are in. Each belongs to one user and no other may enter it, from the moment when it is
 * made: a socket gets the mode that the umask leaves, which Java cannot set.
 */
final class ControlDirs {
    /** Where systemd puts the directory of a service of this name. */
    private static final Path USUAL_SERVICE = Path.of("/run/lo-migrate");

    /** What Java takes, one less than Linux. */
    private static final int LONGEST_PATH = 106;

    private static final Set<PosixFilePermission> PRIVATE = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private final Places places;

    ControlDirs(Places places) {
        this.places = places;
    }

    /** The number of the user whose process this is. */
    static int user(Path process) throws IOException {
        return (Integer) Files.getAttribute(process, "unix:uid");
    }

    /** The socket of a run in a directory. */
    static Path socket(Path directory, long process) {
        return directory.resolve(process + ".sock");
    }

    /** Where this process makes its socket, the first one that can be used. */
    List<Path> own() throws IOException {
        if (places.service().isPresent()) {
            return List.of(places.service().get().resolve("control"));
        }
        List<Path> found = new ArrayList<>();
        places.session().ifPresent(session -> found.add(session.resolve("lo-migrate")));
        found.add(temporary(user(Path.of("/proc/self"))));
        return found;
    }

    /** Where the sockets of a user's runs may be; only in the directory of a service where that is named. */
    List<Path> of(int user) throws IOException {
        if (places.service().isPresent()) {
            return own();
        }
        List<Path> found = new ArrayList<>(own());
        found.add(USUAL_SERVICE.resolve("control"));
        found.add(Path.of("/run/user", Integer.toString(user), "lo-migrate"));
        found.add(temporary(user));
        return found.stream().distinct().toList();
    }

    private Path temporary(int user) {
        return places.temporary().resolve("lo-migrate-control-" + user);
    }

    /** Makes the directory if it is missing; refuses one that others own or may enter. */
    static void make(Path directory) throws IOException {
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PRIVATE));
        } catch (FileAlreadyExistsException e) {
            if (!isPrivate(directory, user(Path.of("/proc/self")))) {
                throw new IOException(directory + " is not a directory that this user alone may enter", e);
            }
        } catch (NoSuchFileException e) {
            throw new IOException(directory.getParent() + " is missing", e);
        }
    }

    /** Whether it is a directory of this user that no other may enter. */
    static boolean isPrivate(Path directory, int user) throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(directory, PosixFileAttributes.class, NOFOLLOW_LINKS);
        return attributes.isDirectory()
                && user == (Integer) Files.getAttribute(directory, "unix:uid", NOFOLLOW_LINKS)
                && PRIVATE.containsAll(attributes.permissions());
    }

    /** Refuses a path that no socket can have, as Linux would without saying how long it may be. */
    static void requireShort(Path socket) throws IOException {
        int length = socket.toString().getBytes(Charset.defaultCharset()).length;
        if (length > LONGEST_PATH) {
            throw new IOException("the path " + socket + " has " + length + " bytes, and that of a socket may have "
                    + LONGEST_PATH + ": set RUNTIME_DIRECTORY or XDG_RUNTIME_DIR to a shorter one");
        }
    }

    /** Who may steer the runs of {@code owner}. */
    static boolean maySteer(UserPrincipal asking, UserPrincipal owner) {
        return asking.equals(owner)
                || asking.getName().equals("root")
                || asking.getName().equals("0");
    }
}
