package ch.tocco.lomigrate.testkit.servers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * PostgreSQL refuses to run as root, so where the JVM does, another user has to run it. Which way of becoming somebody
 * else works differs between machines and containers: the first one that answers is taken.
 *
 * @param prefix what to put before a command; empty where the JVM's own user will do
 * @param ownsFiles the server's directory must belong to {@link #NOBODY}
 */
record ServerUser(List<String> prefix, boolean ownsFiles) {
    static final int NOBODY = 65534;

    private static final List<ServerUser> WAYS = List.of(
            new ServerUser(
                    List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--no-new-privs"),
                    true),
            new ServerUser(List.of("runuser", "-u", "nobody", "--"), true),
            // A user namespace without a mapping shows root as another user; root still reads and writes its own files.
            new ServerUser(List.of("unshare", "--user"), false));

    static boolean needed() {
        return System.getProperty("user.name").equals("root");
    }

    static ServerUser find() throws IOException {
        if (!needed()) {
            return new ServerUser(List.of(), false);
        }
        for (ServerUser way : WAYS) {
            if (way.answers()) {
                return way;
            }
        }
        throw new IOException("PostgreSQL does not run as root, and neither setpriv nor runuser nor unshare works");
    }

    /** Whether every existing directory on the way may be passed through by everybody. */
    static boolean reaches(Path path) throws IOException {
        for (Path p = path.toAbsolutePath(); p != null; p = p.getParent()) {
            if (Files.exists(p) && !Files.getPosixFilePermissions(p).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return false;
            }
        }
        return true;
    }

    private boolean answers() {
        var command = new ArrayList<>(prefix);
        command.addAll(List.of("id", "-u"));
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor(10, TimeUnit.SECONDS) && answer.equals(Integer.toString(NOBODY));
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
