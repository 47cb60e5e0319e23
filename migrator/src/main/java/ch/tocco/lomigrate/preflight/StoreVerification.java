package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoreProbe;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Whether the store refuses bytes that are not those whose hash the request is signed with. Some take anything, and then
 * nothing would notice an object that is damaged on its way; with those the tool compares ETags, where they are hashes.
 */
final class StoreVerification {
    /** A server may close its connection after any answer, and not say so. */
    private static final int TRIES = 3;

    private final ObjectStore store;
    private final StoreAnswers answers;
    private final StoreProbe probe;

    StoreVerification(ObjectStore store, StoreAnswers answers, StoreProbe probe) {
        this.store = store;
        this.answers = answers;
        this.probe = probe;
    }

    /**
     * Offers the probe with a wrong hash. One refusal may have another reason, as when the store is busy; two with a right
     * probe in between that is taken have none.
     *
     * @param etag of the right probe, which the store has just taken
     */
    Finding check(String etag) throws InterruptedException {
        try {
            if (takesWrongHash()) {
                return verifiesNothing(etag);
            }
            String again = answer(probe::put);
            return takesWrongHash() ? verifiesNothing(again) : Finding.ok("the store verifies what it receives");
        } catch (StoreException e) {
            return Finding.fail("lo-migrate cannot find out whether the store verifies what it receives: "
                    + e.getMessage() + "; run again, or trust the store with --store-verification off");
        }
    }

    private boolean takesWrongHash() throws StoreException, InterruptedException {
        try {
            answer(probe::putWithWrongHash);
            return true;
        } catch (StoreException e) {
            if (e.answer().status() == 0) {
                throw e;
            }
            return false;
        }
    }

    private String answer(Supplier<CompletableFuture<String>> request) throws StoreException, InterruptedException {
        for (int left = TRIES - 1; ; left--) {
            try {
                return answers.await(request.get());
            } catch (StoreException e) {
                if (e.answer().status() > 0 || left == 0) {
                    throw e;
                }
            }
        }
    }

    private Finding verifiesNothing(String etag) {
        if (!probe.isMd5(etag)) {
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
