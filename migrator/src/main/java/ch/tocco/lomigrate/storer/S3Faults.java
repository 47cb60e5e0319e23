package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.control.FaultKind;
import ch.tocco.lomigrate.control.RunAborted;
import ch.tocco.lomigrate.control.ServerWords;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.storer.StoreException.WorthTrying;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.crt.CrtRuntimeException;
import software.amazon.awssdk.crt.http.HttpException;

/** Says which kind of failure an answer of the store is, by status and error code. The one place that decides it. */
final class S3Faults {
    private static final Set<String> CORRUPTED = Set.of("BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody");

    /** Answers that may be others in a while, though their status does not say so. */
    private static final Set<String> PASSING = Set.of(
            "RequestTimeout",
            "RequestTimeTooSkewed",
            "OperationAborted",
            // also where they come with 200: a completing upload begins its answer before it knows the end
            "InternalError",
            "ServiceUnavailable",
            "SlowDown",
            "ThrottlingException",
            "RequestLimitExceeded",
            "XMinioServerNotInitialized");

    /** Answers that every other object would get too. */
    private static final Set<String> RUN = Set.of(
            "AccessDenied",
            "AccountProblem",
            "AllAccessDisabled",
            "AuthorizationHeaderMalformed",
            "ExpiredToken",
            "InvalidAccessKeyId",
            "InvalidBucketName",
            "InvalidSecurity",
            "InvalidToken",
            "NoSuchBucket",
            "PermanentRedirect",
            "QuotaExceeded",
            "SignatureDoesNotMatch");

    /** The same without a code: a redirect and these, from a proxy for example, are about the client or the endpoint. */
    private static final Set<Integer> RUN_STATUS = Set.of(401, 403, 405, 407);

    /** Where an exception's message is another exception as text. */
    private static final Pattern CLASS_NAME = Pattern.compile("^(?:\\w+\\.){2,}\\w*(?:Exception|Error): ");

    private S3Faults() {}

    /** What a request ended with, classified. */
    static StoreException of(String operation, Throwable thrown) {
        Throwable e = unwrapped(thrown);
        if (e instanceof StoreException known) {
            return known;
        }
        // the SDK says status 0 where it could make nothing of an answer
        if (e instanceof AwsServiceException answer && answer.statusCode() > 0) {
            return ofAnswer(operation, answer);
        }
        if (e instanceof CancellationException) {
            return new StoreException(FaultKind.PASSING, FailureReason.UNAVAILABLE, operation + " was cancelled", e);
        }
        if (e instanceof Error) {
            // Of the own JVM, not of the object or the store: the run cannot be trusted any more.
            String message = operation + ": " + (e instanceof OutOfMemoryError own ? RunAborted.advice(own) : e);
            return new StoreException(FaultKind.RUN, FailureReason.REFUSED, message, e);
        }
        if (e instanceof RuntimeException && !ofTheNetwork(e)) {
            return new StoreException(FaultKind.OBJECT, FailureReason.REFUSED, operation + ": " + e, e);
        }
        return new StoreException(FaultKind.PASSING, FailureReason.UNAVAILABLE, operation + ": " + firstLine(e), e);
    }

    /** What was to be sent could not be read. */
    static StoreException ofContent(String operation, IOException e) {
        String message = operation + ": spill file cannot be read: " + firstLine(e);
        return new StoreException(FaultKind.OBJECT, FailureReason.SPILL, message, e);
    }

    /** An answer that says yes and lacks what every S3 server sends with it, so that another than the store gave it. */
    static StoreException without(String missing, String operation, int status) {
        String message = operation + ": " + status + " without " + missing + ", so not from an S3 server";
        return new StoreException(FaultKind.PASSING, FailureReason.UNAVAILABLE, message, null);
    }

    private static StoreException ofAnswer(String operation, AwsServiceException answer) {
        AwsErrorDetails details = answer.awsErrorDetails();
        return details == null
                ? ofAnswer(operation, answer.statusCode(), null, null, answer)
                : ofAnswer(operation, answer.statusCode(), details.errorCode(), details.errorMessage(), answer);
    }

    /**
     * What an answer with an error status means.
     *
     * @param code the error's code; null where the answer has none, as that of a HEAD
     * @param text the store's own words, or null
     */
    static StoreException ofAnswer(String operation, int status, String code, String text, Throwable cause) {
        String known = code == null ? "" : code;
        String message =
                operation + ": " + status + (known.isEmpty() ? "" : " " + ServerWords.firstLine(known)) + detail(text);
        if (CORRUPTED.contains(known)) {
            return new StoreException(FaultKind.PASSING, FailureReason.CORRUPTED, message, cause);
        }
        if (status >= 500 || status == 429 || status == 408 || PASSING.contains(known)) {
            // With 503 a store asks all to wait; any other 5xx may be about what was sent.
            WorthTrying worthTrying =
                    status >= 500 && status != 503 ? WorthTrying.ANOTHER_OBJECT : WorthTrying.NOTHING_ELSE;
            return new StoreException(FaultKind.PASSING, FailureReason.UNAVAILABLE, worthTrying, message, cause);
        }
        if (status == 413 || known.equals("EntityTooLarge")) {
            return new StoreException(
                    FaultKind.OBJECT, FailureReason.REFUSED, WorthTrying.SMALLER_REQUESTS, message, cause);
        }
        if (known.equals("NoSuchUpload")) {
            // A rule of the bucket or another run ended the upload: from the beginning, it can be done.
            return new StoreException(FaultKind.OBJECT, FailureReason.UNAVAILABLE, message, cause);
        }
        boolean all = RUN.contains(known) || status / 100 == 3 || RUN_STATUS.contains(status);
        return new StoreException(all ? FaultKind.RUN : FaultKind.OBJECT, FailureReason.REFUSED, message, cause);
    }

    private static String detail(String text) {
        return text == null || text.isBlank() ? "" : " (" + ServerWords.firstLine(text) + ")";
    }

    private static boolean ofTheNetwork(Throwable e) {
        return e instanceof SdkException || e instanceof HttpException || e instanceof CrtRuntimeException;
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable e = thrown;
        while ((e instanceof CompletionException || e instanceof ExecutionException) && e.getCause() != null) {
            e = e.getCause();
        }
        return e;
    }

    private static String firstLine(Throwable e) {
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
        return CLASS_NAME.matcher(line).replaceFirst("");
    }
}
