package ch.tocco.lomigrate.login;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A password file with lines {@code host:port:database:user:password}, read by psql's rules: {@code *} matches
 * anything, a backslash escapes a colon or a backslash, the first line that matches counts, and a file that other
 * users can read is not used.
 */
final class PgPasswordFile {
    private static final int FIELDS = 5;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private final List<List<String>> entries = new ArrayList<>();

    private PgPasswordFile() {}

    /** Reads the file; empty if there is none, or if it cannot be used, for which it adds a warning. */
    static PgPasswordFile read(Path path, List<String> warnings) {
        PgPasswordFile file = new PgPasswordFile();
        if (!Files.isRegularFile(path)) {
            return file;
        }
        try {
            if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(path))) {
                warnings.add("the password file " + path + " is not used: others may access it (chmod 600)");
                return file;
            }
            for (String line : Files.readAllLines(path)) {
                file.add(line);
            }
        } catch (IOException | UnsupportedOperationException e) {
            warnings.add("the password file " + path + " is not used: it cannot be read");
        }
        return file;
    }

    Optional<String> password(PgUrl.Host host, String database, String user) {
        List<String> wanted = List.of(host.name(), String.valueOf(host.port()), database, user);
        return entries.stream()
                .filter(entry -> matches(entry, wanted))
                .map(entry -> entry.get(FIELDS - 1))
                .filter(password -> !password.isEmpty())
                .findFirst();
    }

    private static boolean matches(List<String> entry, List<String> wanted) {
        for (int i = 0; i < wanted.size(); i++) {
            if (!entry.get(i).equals("*") && !entry.get(i).equals(wanted.get(i))) {
                return false;
            }
        }
        return true;
    }

    private void add(String line) {
        if (line.startsWith("#")) {
            return;
        }
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && i + 1 < line.length()) {
                field.append(line.charAt(++i));
            } else if (c == ':' && fields.size() < FIELDS - 1) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        if (fields.size() >= FIELDS) {
            entries.add(fields);
        }
    }
}
