package ch.tocco.lomigrate.hooks;

import ch.tocco.lomigrate.lifecycle.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The program of {@code --hook}: one that no other user of the machine can change or replace, as it runs with the user's rights. */
final class HookFile {
    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int STICKY = 01000;
    private static final int ROOT = 0;

    private HookFile() {}

    /** The file behind all links. */
    static Path checked(Path file) throws RefusedException {
        try {
            Path real = file.toRealPath();
            if (!Files.isRegularFile(real) || !Files.isExecutable(real)) {
                throw new RefusedException("--hook " + file + " is not a program that this user may execute");
            }
            int user = uid(Path.of("/proc/self"));
            requireOwn(file, real, user, false);
            for (Path directory = real.getParent(); directory != null; directory = directory.getParent()) {
                requireOwn(file, directory, user, true);
            }
            return real;
        } catch (NoSuchFileException e) {
            throw new RefusedException("--hook " + file + " does not exist", e);
        } catch (IOException e) {
            throw new RefusedException("--hook " + file + " cannot be looked at: " + e, e);
        }
    }

    /** In a directory like /tmp others may make files, but not replace those of this user. */
    private static void requireOwn(Path file, Path path, int user, boolean mayBeSticky)
            throws IOException, RefusedException {
        int mode = (Integer) Files.getAttribute(path, "unix:mode");
        int owner = uid(path);
        boolean sticky = mayBeSticky && (mode & STICKY) != 0;
        if ((owner != user && owner != ROOT) || ((mode & WRITABLE_BY_OTHERS) != 0 && !sticky)) {
            throw new RefusedException("--hook " + file + ": other users can change " + path
                    + ", and what it holds would run with this user's rights: chmod go-w " + path);
        }
    }

    private static int uid(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid");
    }
}
