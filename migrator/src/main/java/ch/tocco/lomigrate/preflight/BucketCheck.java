package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoreProbe;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Whether the bucket can really be written to: a HEAD succeeds for a role that may only read. */
public final class BucketCheck {
    private static final Logger LOG = LogManager.getLogger(BucketCheck.class);

    private final ObjectStore store;
    private final StoreAnswers answers;
    private final S3Config config;

    public BucketCheck(ObjectStore store, StoreAnswers answers, S3Config config) {
        this.store = store;
        this.answers = answers;
        this.config = config;
    }

    /** Puts a small object and deletes it again. */
    public void check() throws RefusedException, InterruptedException {
        StoreProbe probe = new StoreProbe(store);
        try {
            answers.await(probe.put());
        } catch (StoreException e) {
            throw new RefusedException(
                    "bucket " + config.bucket() + " at " + config.endpoint() + " cannot be written to: "
                            + explained(e.getMessage()),
                    e);
        }
        try {
            answers.await(probe.delete());
        } catch (StoreException e) {
            LOG.warn("the probe object {} is left in bucket {}: {}", probe.key(), config.bucket(), e.getMessage());
        }
    }

    /** Removes what a probe in the middle of the run may have left: one whose request arrived after it was given up. */
    public void tidy() throws InterruptedException {
        try {
            answers.await(new StoreProbe(store).delete());
        } catch (StoreException e) {
            LOG.debug("removing the probe object: {}", e.getMessage());
        }
    }

    private static String explained(String message) {
        // the client's text lists all it has tried, in two thousand characters
        return message.contains("Unable to load credentials")
                ? "no credentials found; give --access-key and --secret-key, or set up the AWS default credential chain"
                : message + hint(message);
    }

    private static String hint(String message) {
        if (message.contains("InvalidAccessKeyId") || message.contains("SignatureDoesNotMatch")) {
            return "; check --access-key and --secret-key";
        }
        if (message.contains("NoSuchBucket")) {
            return "; check --bucket, or create it first";
        }
        if (message.contains("AuthorizationHeaderMalformed") || message.contains("PermanentRedirect")) {
            return "; check --region";
        }
        if (message.contains("TLS (SSL) negotiation failed")) {
            // The client says no more, and that only after the 10 to 30 s that its library waits against timing
            // attacks.
            return "; check --s3-url: this system does not trust the server's certificate, or it is for another host name";
        }
        return message.contains(" 4") || message.contains(" 5") ? "" : "; check --s3-url";
    }
}
