package ch.tocco.lomigrate.s3;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoreException.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.crt.http.HttpException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Each answer of a store that is known to matter, and what it means for the object and the run. */
final class S3FaultsTest {
    private static S3Exception answer(int status, String code, String message) {
        return (S3Exception) S3Exception.builder()
                .statusCode(status)
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage(message)
                        .build())
                .build();
    }

    @ParameterizedTest
    @CsvSource({"passing, PASSING, 11", "the run's, RUN, 5"})
    void codesThatTheDocumentationNamesAreOfTheKindThatItSays(String row, FaultKind kind, int codes)
            throws IOException {
        String line = Files.readString(Path.of("..", "docs", "failures.md"))
                .lines()
                .filter(text -> text.startsWith("| **" + row + "**"))
                .findFirst()
                .orElseThrow();
        List<String> named = Pattern.compile("\\b[A-Z]\\w*[a-z]\\w*[A-Z]\\w*")
                .matcher(line.split(" \\| ", -1)[2])
                .results()
                .map(MatchResult::group)
                .toList();
        assertThat(named).hasSizeGreaterThanOrEqualTo(codes);
        for (String code : named) {
            assertThat(S3Faults.ofAnswer("PUT", 400, code, null, null).kind())
                    .as(code)
                    .isEqualTo(kind);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "404, NoSuchUpload,                OBJECT,  UNAVAILABLE",
        "500, InternalError,               PASSING, UNAVAILABLE",
        "502, ,                            PASSING, UNAVAILABLE",
        "503, SlowDown,                    PASSING, UNAVAILABLE",
        "503, ServiceUnavailable,          PASSING, UNAVAILABLE",
        "504, ,                            PASSING, UNAVAILABLE",
        "507, ,                            PASSING, UNAVAILABLE",
        "429, TooManyRequests,             PASSING, UNAVAILABLE",
        "408, ,                            PASSING, UNAVAILABLE",
        "400, RequestTimeout,              PASSING, UNAVAILABLE",
        "403, RequestTimeTooSkewed,        PASSING, UNAVAILABLE",
        "409, OperationAborted,            PASSING, UNAVAILABLE",
        "400, BadDigest,                   PASSING, CORRUPTED",
        "400, XAmzContentSHA256Mismatch,   PASSING, CORRUPTED",
        "400, IncompleteBody,              PASSING, CORRUPTED",
        "403, AccessDenied,                RUN,     REFUSED",
        "403, QuotaExceeded,               RUN,     REFUSED",
        "403, SignatureDoesNotMatch,       RUN,     REFUSED",
        "403, InvalidAccessKeyId,          RUN,     REFUSED",
        "403, ,                            RUN,     REFUSED",
        "401, ,                            RUN,     REFUSED",
        "400, ExpiredToken,                RUN,     REFUSED",
        "400, AuthorizationHeaderMalformed, RUN,    REFUSED",
        "404, NoSuchBucket,                RUN,     REFUSED",
        "301, PermanentRedirect,           RUN,     REFUSED",
        "307, TemporaryRedirect,           RUN,     REFUSED",
        "302, ,                            RUN,     REFUSED",
        "405, MethodNotAllowed,            RUN,     REFUSED",
        "407, ,                            RUN,     REFUSED",
        "200, InternalError,               PASSING, UNAVAILABLE",
        "200, ServiceUnavailable,          PASSING, UNAVAILABLE",
        "400, InvalidArgument,             OBJECT,  REFUSED",
        "400, EntityTooLarge,              OBJECT,  REFUSED",
        "400, KeyTooLongError,             OBJECT,  REFUSED",
        "404, ,                            OBJECT,  REFUSED",
        "412, PreconditionFailed,          OBJECT,  REFUSED",
    })
    void answersAreClassifiedByStatusAndCode(int status, String code, FaultKind kind, FailureReason reason) {
        var failure = S3Faults.of("PUT", answer(status, code, null));
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure).hasMessageStartingWith("PUT: " + status);
    }

    @Test
    void messageNamesOperationStatusCodeAndTheFirstLineOfWhatTheServerSaid() {
        assertThat(S3Faults.of("UploadPart 3", answer(503, "SlowDown", "Please reduce\nyour rate")))
                .hasMessage("UploadPart 3: 503 SlowDown (Please reduce)");
        assertThat(S3Faults.of("PUT", answer(404, "NoSuchKey", " "))).hasMessage("PUT: 404 NoSuchKey");
        assertThat(S3Faults.of("HEAD", answer(404, null, null))).hasMessage("HEAD: 404");
    }

    @Test
    void wordsOfTheServerAreCutShortAndCannotMoveTheCursor() {
        assertThat(S3Faults.of("PUT", answer(400, "No\u001b", "a\u001b[2J\u009bb")))
                .hasMessage("PUT: 400 No? (a?[2J?b)");
        assertThat(S3Faults.of("PUT", answer(400, "No", "x".repeat(10_000))))
                .hasMessage("PUT: 400 No (" + "x".repeat(500) + "…)");
    }

    @Test
    void answerWithoutDetailsIsClassifiedByStatusAlone() {
        var bare = S3Exception.builder().statusCode(503).build();
        assertThat(S3Faults.of("HEAD", bare).kind()).isEqualTo(FaultKind.PASSING);
    }

    /** With 503 and 429 a store asks all to wait; any other 5xx may be about the one object. */
    @ParameterizedTest
    @CsvSource({
        "500, InternalError, ANOTHER_OBJECT",
        "502, , ANOTHER_OBJECT",
        "503, SlowDown, NOTHING_ELSE",
        "503, , NOTHING_ELSE",
        "429, , NOTHING_ELSE",
        "413, , SMALLER_REQUESTS",
        "400, EntityTooLarge, SMALLER_REQUESTS",
        "400, InvalidArgument, NOTHING_ELSE"
    })
    void anAnswerTellsWhatElseMayGoThrough(int status, String code, StoreException.WorthTrying worthTrying) {
        assertThat(S3Faults.of("PUT", answer(status, code, null)).worthTrying()).isEqualTo(worthTrying);
    }

    @Test
    void ownHeapThatIsTooSmallEndsTheRunAndSaysWhatHelps() {
        StoreException fault = S3Faults.of("PUT", new OutOfMemoryError("heap"));
        assertThat(fault.kind()).isEqualTo(FaultKind.RUN);
        assertThat(fault).hasMessageStartingWith("PUT: out of memory (heap): raise --memory-budget");
    }

    @Test
    void ownErrorEndsTheRunInsteadOfLookingLikeAnOutage() {
        assertThat(S3Faults.of("PUT", new NoClassDefFoundError("x")).kind()).isEqualTo(FaultKind.RUN);
    }

    @Test
    void answerThatTheClientCouldMakeNothingOfPasses() {
        assertThat(S3Faults.of("HEAD", S3Exception.builder().build()).kind()).isEqualTo(FaultKind.PASSING);
    }

    @Test
    void whatTheClientCouldNotSendPasses() {
        var failure = S3Faults.of(
                "PUT",
                SdkClientException.create(
                        "Unable to execute HTTP request: connection refused\nmore", new IOException("socket")));
        assertThat(failure.kind()).isEqualTo(FaultKind.PASSING);
        assertThat(failure.reason()).isEqualTo(FailureReason.UNAVAILABLE);
        assertThat(failure).hasMessage("PUT: Unable to execute HTTP request: connection refused");
        assertThat(S3Faults.of("PUT", new IOException("reset")).kind()).isEqualTo(FaultKind.PASSING);
        assertThat(S3Faults.of("PUT", new TimeoutException()).kind()).isEqualTo(FaultKind.PASSING);
    }

    @Test
    void whyThereWasNoAnswerIsKept() {
        var tls = new HttpException(1029); // AWS_IO_TLS_ERROR_NEGOTIATION_FAILURE
        assertThat(S3Faults.of("PUT", new CompletionException(tls)).answer()).isEqualTo(Answer.NO_TLS);
        assertThat(S3Faults.of("HEAD", SdkClientException.create("no", new SSLHandshakeException("any")))
                        .answer())
                .isEqualTo(Answer.NO_TLS);
        assertThat(S3Faults.of("PUT", new HttpException(1048)).answer()).isEqualTo(Answer.NONE);
        var keys = SdkClientException.create("Unable to load credentials from any of the providers in the chain …");
        assertThat(S3Faults.ofFirst("HEAD", keys).answer()).isEqualTo(Answer.NO_CREDENTIALS);
        assertThat(S3Faults.of("HEAD", keys).answer()).isEqualTo(Answer.NO_CREDENTIALS);
    }

    /** What to do about it follows after a semicolon. */
    @Test
    void wordsOfTheClientEndWithoutAFullStop() {
        assertThat(S3Faults.of("PUT", new HttpException(1047)).getMessage())
                .isEqualTo("PUT: socket connection refused");
    }

    @Test
    void bucketThatWantsAChecksumSaysSo() {
        String words =
                "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock";
        var wanted = S3Faults.ofAnswer("PUT", 400, "InvalidRequest", words, null);
        assertThat(wanted.worthTrying()).isEqualTo(StoreException.WorthTrying.WITH_CHECKSUM);
        assertThat(wanted.kind()).isEqualTo(FaultKind.OBJECT);
        assertThat(S3Faults.ofAnswer("PUT", 400, "InvalidRequest", "other", null)
                        .worthTrying())
                .isEqualTo(StoreException.WorthTrying.NOTHING_ELSE);
    }

    @Test
    void cancelledRequestPasses() {
        assertThat(S3Faults.of("PUT", new CancellationException()).kind()).isEqualTo(FaultKind.PASSING);
    }

    @Test
    void requestThatCannotBeBuiltIsTheObjectsFault() {
        var failure = S3Faults.of("PUT", new IllegalArgumentException("bad header"));
        assertThat(failure.kind()).isEqualTo(FaultKind.OBJECT);
        assertThat(failure.reason()).isEqualTo(FailureReason.REFUSED);
    }

    @Test
    void wrappingsMakeNoDifference() {
        var wrapped = new CompletionException(new ExecutionException(answer(403, "QuotaExceeded", null)));
        assertThat(S3Faults.of("PUT", wrapped).kind()).isEqualTo(FaultKind.RUN);
        var known = new StoreException(FaultKind.RUN, FailureReason.REFUSED, "known", null);
        assertThat(S3Faults.of("PUT", new CompletionException(known))).isSameAs(known);
    }
}
