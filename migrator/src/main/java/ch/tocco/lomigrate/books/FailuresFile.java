package ch.tocco.lomigrate.books;

import ch.tocco.lomigrate.lo.LoFailure;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The file of {@code --failures}: one line of JSON for each object that has failed for good, written at once.
 * Thread-safe.
 */
public final class FailuresFile implements FailureReport.Closeable {
    private static final Logger LOG = LogManager.getLogger(FailuresFile.class);

    private final Path file;
    private final BufferedWriter lines;
    private boolean broken;

    private FailuresFile(Path file, BufferedWriter lines) {
        this.file = file;
        this.lines = lines;
    }

    /** Creates the file, or empties it. */
    public static FailuresFile create(Path file) throws IOException {
        return new FailuresFile(file, Files.newBufferedWriter(file, StandardCharsets.UTF_8));
    }

    /** Goes on with a file that {@link #create} has made. */
    public static FailuresFile append(Path file) throws IOException {
        return new FailuresFile(
                file,
                Files.newBufferedWriter(
                        file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    @Override
    public synchronized void failed(LoFailure failure, int attempts) {
        try {
            lines.write(line(failure, attempts));
            lines.flush();
        } catch (IOException e) {
            broken(e);
        }
    }

    /** Logs only once that the file is not complete. The run goes on, because the log has the failures too. */
    private void broken(IOException e) {
        if (!broken) {
            broken = true;
            LOG.error("--failures {} is not complete: {}", file, e.toString());
        }
    }

    static String line(LoFailure failure, int attempts) {
        return "{\"oid\":" + quoted(failure.oid()) + ",\"hash\":" + quoted(failure.hash()) + ",\"size\":"
                + failure.size() + ",\"stage\":" + quoted(name(failure.reason().stage())) + ",\"reason\":"
                + quoted(failure.reason().name()) + ",\"message\":" + quoted(failure.message()) + ",\"attempts\":"
                + attempts + "}\n";
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** A JSON string (RFC 8259, section 7), or null. */
    private static String quoted(String text) {
        if (text == null) {
            return "null";
        }
        StringBuilder json = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    @Override
    public synchronized void close() {
        try {
            lines.close();
        } catch (IOException e) {
            broken(e);
        }
    }
}
