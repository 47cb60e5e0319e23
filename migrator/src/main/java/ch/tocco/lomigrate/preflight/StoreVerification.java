package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoreProbe;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Finds out whether the store refuses bytes that do not have the SHA-256 that the request is signed with. Some stores take
 * anything, and then nothing would notice an object that is damaged on its way; there the tool compares ETags, if they are
 * MD5 hashes.
 */
final class StoreVerification {
    private static final Logger LOG = LogManager.getLogger(StoreVerification.class);

    /** A server may close its connection after any answer, and not say so. */
    private static final int TRIES = 3;

    private final ObjectStore store;
    private final StoreAnswers answers;

    StoreVerification(ObjectStore store, StoreAnswers answers) {
        this.store = store;
        this.answers = answers;
    }

    /**
     * Offers probes with a wrong SHA-256. A single refusal may have another reason, for example a busy store; two refusals
     * with an accepted right probe in between do not. Each probe has its own key, as a policy may forbid overwriting.
     *
     * @param etag of a right probe, which the store has just taken
     */
    Finding check(String etag) throws InterruptedException {
        try {
            if (takesWrongSha256("-1")) {
                return verifiesNothing(etag);
            }
            StoreProbe right = new StoreProbe(store, "-2");
            answer(right, right::put);
            return takesWrongSha256("-3") ? verifiesNothing(etag) : Finding.ok("the store verifies what it receives");
        } catch (StoreException e) {
            return Finding.fail("cannot find out whether the store verifies what it receives: " + e.getMessage()
                    + "; run again, or trust the store with --store-verification off");
        }
    }

    private boolean takesWrongSha256(String suffix) throws StoreException, InterruptedException {
        StoreProbe wrong = new StoreProbe(store, suffix);
        try {
            answer(wrong, wrong::putWithWrongSha256);
            return true;
        } catch (StoreException e) {
            if (e.answer().status() == 0) {
                throw e;
            }
            return false;
        }
    }

    /** The answer to a probe, which is then removed if it may be there. */
    private void answer(StoreProbe probe, Supplier<CompletableFuture<String>> put)
            throws StoreException, InterruptedException {
        for (int left = TRIES - 1; ; left--) {
            try {
                answers.await(put.get());
                remove(probe);
                return;
            } catch (StoreException e) {
                if (e.answer().status() > 0) {
                    throw e;
                }
                if (left == 0) {
                    remove(probe);
                    throw e;
                }
            }
        }
    }

    private void remove(StoreProbe probe) throws InterruptedException {
        try {
            answers.await(probe.delete());
        } catch (StoreException e) {
            LOG.warn("the probe object {} cannot be deleted from the bucket: {}", probe.key(), e.getMessage());
        }
    }

    private Finding verifiesNothing(String etag) {
        if (!new StoreProbe(store).isMd5(etag)) {
            return Finding.fail("the store takes an object whose SHA-256 is wrong, and its ETags are no MD5 hashes:"
                    + " nothing would notice an object that is damaged on its way; use a store that verifies"
                    + " x-amz-content-sha256, or trust this one with --store-verification off");
        }
        store.compareEtags();
        return Finding.warn(
                "the store takes an object whose SHA-256 is wrong, so it verifies nothing; lo-migrate compares"
                        + " the ETag of each object and part with the MD5 of what it sent");
    }
}
