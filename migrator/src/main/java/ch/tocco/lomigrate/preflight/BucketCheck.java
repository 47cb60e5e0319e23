package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.config.ObjectSettings;
import ch.tocco.lomigrate.config.ObjectSettings.Encryption;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.guard.OverwriteTrial;
import ch.tocco.lomigrate.guard.Protection;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.ServerWords;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.ObjectStore.Found;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoreException.Answer;
import ch.tocco.lomigrate.store.StoreException.WorthTrying;
import ch.tocco.lomigrate.store.StoreProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Checks that the bucket can really be written to: a HEAD succeeds with keys that may only read. */
public final class BucketCheck {
    private static final Logger LOG = LogManager.getLogger(BucketCheck.class);

    private static final int NOT_FOUND = 404;
    private static final int LOWEST_ERROR = 400;

    /** How stores answer to what they do not know; 404 also means that an object has no tags. */
    private static final Set<Integer> UNKNOWN_REQUEST = Set.of(400, 404, 405, 501);

    /** What a store means that names none. */
    private static final String USUAL_CLASS = "STANDARD";

    private final ObjectStore store;
    private final StoreAnswers answers;
    private final S3Config config;
    private final boolean verification;

    /**
     * Prepares the check.
     *
     * @param verification also find out whether the store verifies what it receives, and compare ETags where it does not
     */
    public BucketCheck(ObjectStore store, StoreAnswers answers, S3Config config, boolean verification) {
        this.store = store;
        this.answers = answers;
        this.config = config;
        this.verification = verification;
    }

    /**
     * Waits for the answer, then puts a small object, right and wrong, and deletes it again.
     *
     * @param head the question for the bucket, on its way
     */
    public List<Finding> check(CompletableFuture<Void> head) throws InterruptedException {
        Finding there = isThere(head);
        return there.level() == Finding.Level.FAIL ? List.of(there) : takesAnObject(answered(head));
    }

    /**
     * Finds out what keeps objects of the bucket from being replaced by other content, where names of objects say nothing of
     * their content. Refuses a run that nothing could keep from it.
     *
     * @param shard each tries that with an object of its own, as others may do the same now
     */
    public Protection protect(SourceMapping source, Optional<Shard> shard)
            throws RefusedException, InterruptedException {
        if (!source.protectsObjects()) {
            return Protection.NONE;
        }
        OverwriteTrial trial = new OverwriteTrial(
                store,
                shard.map(mine -> "-" + mine.number() + "-" + mine.count()).orElse(""));
        try {
            if (answers.await(trial.isHonoured())) {
                return Protection.BY_THE_STORE;
            }
            if (!answers.await(trial.saysThatNothingIsThere())) {
                throw new RefusedException(
                        "the store does not honour If-None-Match, and says that it has what it has not, so an object of the bucket"
                                + " could be replaced by other content: have {sha256} in --object-key, or say --overwrite",
                        null);
            }
        } catch (StoreException e) {
            throw new RefusedException(
                    "whether the store keeps objects from being replaced cannot be told: " + e.getMessage()
                            + "; --overwrite goes on all the same",
                    e);
        }
        LOG.warn(
                shard.isPresent()
                        ? "the store does not honour If-None-Match, so lo-migrate asks for each object before it stores it; let"
                                + " no other program write keys like {} meanwhile"
                        : "the store does not honour If-None-Match, so lo-migrate lists the bucket once, and asks for each"
                                + " object that may be there before it stores it; let no other program write keys like {}"
                                + " meanwhile",
                source.objectKey());
        return Protection.BY_COMPARING;
    }

    /** Some stores make a bucket of any name at its first PUT: a typing error would go unnoticed. */
    private Finding isThere(CompletableFuture<Void> head) throws InterruptedException {
        try {
            answers.await(head);
        } catch (StoreException e) {
            if (e.answer().status() == NOT_FOUND) {
                return Finding.fail("there is no bucket " + config.bucket() + " at " + config.endpoint()
                        + ": check --bucket, or create it first");
            }
            if ((e.kind() == FaultKind.RUN && e.answer().status() == 0)
                    || e.answer().equals(Answer.NO_TLS)) {
                // the client itself refuses, or a second try would take half a minute and fail alike
                return cannotBeWritten(e);
            }
            LOG.debug("cannot tell whether the bucket exists: {}", e.getMessage());
        }
        return Finding.ok("bucket " + config.bucket() + " may exist");
    }

    private static boolean answered(CompletableFuture<Void> request) {
        return request.handle((done, e) -> e == null
                        || (StoreException.unwrapped(e) instanceof StoreException known
                                && known.answer().status() > 0))
                .getNow(false);
    }

    /** @param answered the store has just answered, so that a connection that is closed now says little */
    private List<Finding> takesAnObject(boolean answered) throws InterruptedException {
        StoreProbe probe = new StoreProbe(store);
        String etag;
        try {
            etag = etagOf(probe, answered);
        } catch (StoreException e) {
            return List.of(cannotBeWritten(e));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("bucket " + config.bucket() + " takes objects"));
        findings.addAll(keepsAsAsked(probe));
        findings.add(verifies(etag));
        try {
            answers.await(probe.delete());
        } catch (StoreException e) {
            findings.add(
                    Finding.warn("the probe object " + probe.key() + " cannot be deleted from bucket " + config.bucket()
                            + ": "
                            + e.getMessage()));
        }
        return findings;
    }

    /** A store may take no notice of what it does not know, and may refuse in parts what it takes as a whole. */
    private List<Finding> keepsAsAsked(StoreProbe probe) throws InterruptedException {
        ObjectSettings settings = config.settings();
        if (settings.areOfTheBucket()) {
            return List.of();
        }
        try {
            answers.await(probe.tryInParts());
        } catch (StoreException e) {
            return List.of(Finding.fail("bucket " + config.bucket() + " takes objects with these settings, but none in"
                    + " parts: " + explained(e)));
        }
        List<Finding> findings = new ArrayList<>();
        try {
            Optional<Found> found = answers.await(probe.find());
            settings.encryption()
                    .map(Encryption::algorithm)
                    .ifPresent(asked -> findings.add(
                            encrypts(asked, found.map(Found::encryption).orElse(null))));
            settings.storageClass()
                    .ifPresent(asked -> findings.add(
                            hasClass(asked, found.map(Found::storageClass).orElse(null))));
        } catch (StoreException e) {
            String unknown = "the store does not say how it keeps an object: " + e.getMessage();
            findings.add(settings.encryption().isPresent() ? Finding.fail(unknown) : Finding.warn(unknown));
        }
        if (!settings.tags().isEmpty()) {
            findings.add(keepsTags(probe));
        }
        return findings;
    }

    /** Lost tags are found out years later, when a rule of the bucket or a bill goes by them. */
    private Finding keepsTags(StoreProbe probe) throws InterruptedException {
        Map<String, String> asked = config.settings().tags();
        try {
            Map<String, String> kept = answers.await(probe.tags());
            return kept.entrySet().containsAll(asked.entrySet())
                    ? Finding.ok("the store keeps tags")
                    : Finding.fail("the store takes objects with --tag and does not keep these tags: leave out --tag if"
                            + " that is enough");
        } catch (StoreException e) {
            return UNKNOWN_REQUEST.contains(e.answer().status())
                    ? Finding.fail(
                            "the store knows no tags of objects: leave out --tag if that is enough: " + e.getMessage())
                    : Finding.warn("whether the store keeps tags is not known: " + e.getMessage());
        }
    }

    private static Finding encrypts(String asked, String said) {
        return asked.equalsIgnoreCase(said)
                ? Finding.ok("the store encrypts objects: " + said)
                : Finding.fail("the store does not encrypt objects as --sse " + asked + " wants it: it says "
                        + (said == null ? "nothing of encryption" : ServerWords.firstLine(said))
                        + "; leave out --sse if that is enough");
    }

    private static Finding hasClass(String asked, String said) {
        String known = said == null ? USUAL_CLASS : ServerWords.firstLine(said);
        return asked.equals(known)
                ? Finding.ok("the store keeps objects in storage class " + known)
                : Finding.warn("the store keeps objects in storage class " + known + ", not in " + asked
                        + " as --storage-class wants it");
    }

    private String etagOf(StoreProbe probe, boolean answered) throws StoreException, InterruptedException {
        try {
            return answers.await(probe.put());
        } catch (StoreException e) {
            if (answered && e.answer().status() == 0) {
                return etagOf(probe, false);
            }
            if (e.worthTrying() != WorthTrying.WITH_CHECKSUM) {
                throw e;
            }
            LOG.info("the bucket wants a checksum with each object, as its objects are locked: sending SHA-256");
            store.sendChecksums();
            return answers.await(probe.put());
        }
    }

    private Finding verifies(String etag) throws InterruptedException {
        return verification
                ? new StoreVerification(store, answers).check(etag)
                : Finding.warn("--store-verification off: lo-migrate trusts the store to keep the bytes that it gets");
    }

    private Finding cannotBeWritten(StoreException e) {
        return Finding.fail(
                "bucket " + config.bucket() + " at " + config.endpoint() + " cannot be written to: " + explained(e));
    }

    /** Deletes the probe object that a probe during the run may have left, if its request arrived after its timeout. */
    public void tidy() throws InterruptedException {
        try {
            answers.await(new StoreProbe(store).delete());
        } catch (StoreException e) {
            LOG.debug("removing the probe object: {}", e.getMessage());
        }
    }

    private String explained(StoreException e) {
        if (e.answer().equals(Answer.NO_ROLE)) {
            return e.getMessage();
        }
        // the client's text lists all it has tried, in two thousand characters
        return e.answer().equals(Answer.NO_CREDENTIALS)
                ? "no credentials found; give --access-key and --secret-key, or set up the AWS default credential chain"
                : e.getMessage() + hint(e.answer()) + hintAtProxy(e.answer());
    }

    /** Empty where the store itself has answered: that answer came through the proxy. */
    private String hintAtProxy(Answer answer) {
        return answer.isOfTheStore()
                ? ""
                : config.proxy()
                        .map(proxy -> "; it goes through the proxy " + proxy + ": check that and NO_PROXY")
                        .orElse("");
    }

    private String hint(Answer answer) {
        return switch (answer.code()) {
            case "InvalidAccessKeyId", "SignatureDoesNotMatch" -> "; check --access-key and --secret-key";
            case "NoSuchBucket" -> "; check --bucket, or create it first";
            case "AuthorizationHeaderMalformed", "PermanentRedirect" -> "; check --region";
            default -> answer.status() >= LOWEST_ERROR ? "" : hintWithoutAnswer(answer);
        };
    }

    /** The client gives no details of a failed handshake. */
    private String hintWithoutAnswer(Answer answer) {
        if (!answer.equals(Answer.NO_TLS)) {
            return "; check --s3-url";
        }
        return config.caBundle().isPresent()
                ? "; check --s3-url and --ca-bundle: no authority in it made the server's certificate, or it is for another"
                        + " host name"
                : "; check --s3-url: this system does not trust the server's certificate, or it is for another host name;"
                        + " --ca-bundle FILE trusts an authority of your own";
    }
}
