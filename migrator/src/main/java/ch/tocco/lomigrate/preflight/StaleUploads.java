package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.ObjectStore.OpenUpload;
import ch.tocco.lomigrate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Aborts multipart uploads that a run left in the bucket when it did not end cleanly: their parts take room, and money,
 * for ever. Aborts only those whose key has this tool's form and which are so old that no other run can still be at work
 * on them. Logs its errors, which do no harm.
 */
public final class StaleUploads {
    private static final Logger LOG = LogManager.getLogger(StaleUploads.class);

    /** Some stores answer so if there are no uploads; another run may also have ended the upload meanwhile. */
    private static final Set<String> NOTHING_THERE = Set.of("NoSuchUpload");

    /** A store that answers so has no multipart uploads. */
    private static final int NOT_IMPLEMENTED = 501;

    private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");

    private final ObjectStore store;
    private final Duration age;
    private final RunControl control;
    private final StoreAnswers answers;

    /**
     * Prepares it.
     *
     * @param age from which an upload is stale; zero: no upload is
     */
    public StaleUploads(ObjectStore store, Duration age, RunControl control) {
        this.store = store;
        this.control = control;
        this.answers = new StoreAnswers(control);
        this.age = age;
    }

    public void abort() throws InterruptedException {
        if (age.isZero()) {
            return;
        }
        Instant newest = Instant.now().minus(age);
        List<OpenUpload> open = new ArrayList<>();
        orWarn("stale multipart uploads cannot be listed", () -> open.addAll(answers.await(store.listUploads(""))));
        for (OpenUpload upload : open) {
            if (control.ended()) {
                return;
            }
            if (isStale(upload, newest)) {
                orWarn("the stale multipart upload of " + upload.key() + " cannot be aborted", () -> abort(upload));
            }
        }
    }

    /** Some stores do not say when an upload was begun: an upload of unknown age stays. */
    private static boolean isStale(OpenUpload upload, Instant newest) {
        return KEY.matcher(upload.key()).matches()
                && upload.begun() != null
                && upload.begun().isBefore(newest);
    }

    private void abort(OpenUpload upload) throws StoreException, InterruptedException {
        answers.await(store.abortMultipart(upload.key(), upload.uploadId()));
        LOG.info("aborted the multipart upload of {}, begun at {}", upload.key(), upload.begun());
    }

    private static void orWarn(String what, Request request) throws InterruptedException {
        try {
            request.send();
        } catch (StoreException e) {
            if (!NOTHING_THERE.contains(e.answer().code()) && e.answer().status() != NOT_IMPLEMENTED) {
                LOG.warn("{}: {}", what, e.getMessage());
            }
        }
    }

    private interface Request {
        void send() throws StoreException, InterruptedException;
    }
}
