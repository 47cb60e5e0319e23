package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.config.WebIdentity;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.ServerWords;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoreException.Answer;
import ch.tocco.lomigrate.store.StoreException.WorthTrying;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.crt.CRT;
import software.amazon.awssdk.crt.CrtRuntimeException;
import software.amazon.awssdk.crt.http.HttpException;

/** Says which kind of failure an answer of the store is, by status and error code. The one place that decides it. */
public final class S3Faults {
    private static final Set<String> CORRUPTED =
            Set.of("BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "IncompleteBody");

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

    private static final String NO_SUCH_UPLOAD = "NoSuchUpload";

    private S3Faults() {}

    /** What a request ended with, classified. */
    public static StoreException of(String operation, Throwable thrown) {
        Throwable e = StoreException.unwrapped(thrown);
        // the SDK says status 0 where it could make nothing of an answer
        if (e instanceof AwsServiceException answer && answer.statusCode() > 0) {
            return ofAnswer(operation, answer);
        }
        return e instanceof SdkException || e instanceof HttpException || e instanceof CrtRuntimeException
                ? StoreException.unanswered(operation, clientSays(e), e)
                : StoreException.of(operation, e);
    }

    /**
     * The same for the first request of all: what the client refuses by itself, its endpoint rules or missing credentials
     * for example, it refuses for all that follow. Later the same may be a place of credentials that is away.
     */
    static StoreException ofFirst(String operation, Throwable thrown) {
        Throwable e = StoreException.unwrapped(thrown);
        return e instanceof SdkClientException && !ofTheNetwork(e)
                ? fault(
                        FaultKind.RUN,
                        FailureReason.REFUSED,
                        WorthTrying.NOTHING_ELSE,
                        clientSays(e),
                        operation + ": " + firstLine(e),
                        e)
                : of(operation, e);
    }

    /** What was to be sent could not be read. */
    public static StoreException ofContent(String operation, IOException e) {
        String message = operation + ": spill file cannot be read: " + e;
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
    public static StoreException ofAnswer(String operation, int status, String code, String text, Throwable cause) {
        String known = code == null ? "" : code;
        Answer answer = new Answer(status, ServerWords.firstLine(known));
        String message = operation + ": " + status + (known.isEmpty() ? "" : " " + answer.code()) + detail(text);
        if (CORRUPTED.contains(known)) {
            return fault(FaultKind.PASSING, FailureReason.CORRUPTED, WorthTrying.NOTHING_ELSE, answer, message, cause);
        }
        if (status >= 500 || status == 429 || status == 408 || PASSING.contains(known)) {
            // With 503 a store asks all to wait; any other 5xx may be about what was sent.
            WorthTrying worthTrying =
                    status >= 500 && status != 503 ? WorthTrying.ANOTHER_OBJECT : WorthTrying.NOTHING_ELSE;
            return fault(FaultKind.PASSING, FailureReason.UNAVAILABLE, worthTrying, answer, message, cause);
        }
        if (status == 413 || known.equals("EntityTooLarge")) {
            return fault(FaultKind.OBJECT, FailureReason.REFUSED, WorthTrying.SMALLER_REQUESTS, answer, message, cause);
        }
        if (known.equals(NO_SUCH_UPLOAD)) {
            // A rule of the bucket or another run ended the upload: from the beginning, it can be done.
            return fault(FaultKind.OBJECT, FailureReason.UNAVAILABLE, WorthTrying.NOTHING_ELSE, answer, message, cause);
        }
        if (status == 400 && !RUN.contains(known) && wantsChecksum(text)) {
            return fault(FaultKind.OBJECT, FailureReason.REFUSED, WorthTrying.WITH_CHECKSUM, answer, message, cause);
        }
        boolean all = RUN.contains(known) || status / 100 == 3 || RUN_STATUS.contains(status);
        // S3 servers say a code; a policy that forbids to overwrite denies only what is there already
        boolean perhapsOne = all && status / 100 == 4 && (known.isEmpty() || known.equals("AccessDenied"));
        return fault(
                all ? FaultKind.RUN : FaultKind.OBJECT,
                FailureReason.REFUSED,
                perhapsOne ? WorthTrying.PROBE_AT_ONCE : WorthTrying.NOTHING_ELSE,
                answer,
                message,
                cause);
    }

    /** "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters". */
    private static boolean wantsChecksum(String text) {
        String said = text == null ? "" : ServerWords.firstLine(text).toLowerCase(Locale.ROOT);
        return said.contains("content-md5") || said.contains("x-amz-checksum");
    }

    /** What is known of a request that had no answer; of credentials the client says no more than words. */
    private static Answer clientSays(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException || (cause instanceof HttpException http && isAboutTls(http))) {
                return Answer.NO_TLS;
            }
            String words = String.valueOf(cause.getMessage());
            if (words.contains(WebIdentity.ROLE)) {
                return Answer.NO_ROLE;
            }
            if (words.contains("Unable to load credentials")) {
                return Answer.NO_CREDENTIALS;
            }
        }
        return Answer.NONE;
    }

    private static boolean isAboutTls(HttpException e) {
        return CRT.awsErrorName(e.getErrorCode()).contains("_TLS_ERROR_NEGOTIATION");
    }

    private static StoreException fault(
            FaultKind kind,
            FailureReason reason,
            WorthTrying worthTrying,
            Answer answer,
            String message,
            Throwable cause) {
        return new StoreException(kind, reason, worthTrying, answer, message, cause);
    }

    private static String detail(String text) {
        return text == null || text.isBlank() ? "" : " (" + ServerWords.firstLine(text) + ")";
    }

    /** Whether the network is somewhere behind it; what the client refuses by itself has no such cause. */
    private static boolean ofTheNetwork(Throwable e) {
        if (e instanceof ApiCallTimeoutException || e instanceof AbortedException) {
            return true;
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException
                    || cause instanceof HttpException
                    || cause instanceof CrtRuntimeException) {
                return true;
            }
        }
        return false;
    }

    private static String firstLine(Throwable e) {
        return ServerWords.firstLine(String.valueOf(e.getMessage()));
    }
}
