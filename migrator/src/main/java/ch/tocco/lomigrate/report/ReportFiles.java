package ch.tocco.lomigrate.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.watch.Page;
import ch.tocco.lomigrate.watch.Watched;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Writes the report of a run to its files: at the start, when {@link #refresh} says so, every minute and at the end. Each file is replaced as a whole, so that
 * a reader finds a complete one at any moment, and a kill leaves what was known a minute ago. Begin with {@link #start}.
 */
public final class ReportFiles implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(ReportFiles.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final List<Path> files;
    private final Report report;
    private final Duration interval;
    private final Semaphore wanted = new Semaphore(0);
    private final Thread thread = new Thread(this::run, "report");
    private volatile boolean closed;
    private boolean broken;

    private ReportFiles(List<Path> files, Report report, Duration interval) {
        this.files = files;
        this.report = report;
        this.interval = interval;
    }

    /** Writes them for the first time; a file that cannot be written refuses the run. */
    public static ReportFiles start(List<Path> files, Watched run, FirstFailures failures) throws RefusedException {
        return start(files, run, failures, INTERVAL);
    }

    static ReportFiles start(List<Path> files, Watched run, FirstFailures failures, Duration interval)
            throws RefusedException {
        ReportFiles reports = new ReportFiles(files, new Report(run, failures), interval);
        for (Path file : files) {
            try {
                reports.write(file);
            } catch (IOException e) {
                throw new RefusedException("--report " + file + " cannot be written: " + reason(e), e);
            }
        }
        reports.thread.setDaemon(true);
        reports.thread.start();
        return reports;
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException || e instanceof NotDirectoryException) {
            return "no such directory";
        }
        return e instanceof AccessDeniedException ? "permission denied" : e.toString();
    }

    private void run() {
        try {
            while (!closed) {
                boolean unused = wanted.tryAcquire(interval.toNanos(), TimeUnit.NANOSECONDS);
                if (!closed) {
                    writeAll();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void writeAll() {
        for (Path file : files) {
            try {
                write(file);
            } catch (IOException e) {
                if (!broken) {
                    broken = true;
                    LOG.error("--report {} is not up to date: {}", file, e.toString());
                }
            }
        }
    }

    private void write(Path file) throws IOException {
        String json = report.json();
        byte[] content = file.toString().endsWith(".html") ? Page.report(json) : json.getBytes(UTF_8);
        Path whole = file.toAbsolutePath();
        Path part = whole.resolveSibling(whole.getFileName() + ".part");
        Files.write(part, content);
        Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** More is known than a minute later would do for: has them written soon, by a thread of their own. */
    public void refresh() {
        wanted.release();
    }

    /** Writes them for the last time. */
    @Override
    public void close() {
        closed = true;
        wanted.release();
        writeAll();
    }
}
