package ch.tocco.lomigrate.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.ObjectSettings;
import ch.tocco.lomigrate.config.ObjectSettings.Encryption;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.s3.S3ObjectStore;
import ch.tocco.lomigrate.testkit.servers.PlainBucket;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3.Request;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a store keeps objects as the flags want it is known before the first object. */
final class ObjectSettingsCheckTest {
    private final List<Request> seen = new CopyOnWriteArrayList<>();

    private List<Finding> check(ObjectSettings settings, Function<Request, String> script) throws Exception {
        try (var server = ScriptedS3.start(request -> {
            seen.add(request);
            String answer = script.apply(request);
            return answer == null ? null : answer.getBytes(StandardCharsets.US_ASCII);
        })) {
            S3Config config = PlainBucket.at(server.endpoint(), "bucket", server.accessKey(), server.secretKey())
                    .with(settings);
            try (var store = new S3ObjectStore(config, 4, FaultConfig.DEFAULT_REQUEST_TIMEOUT)) {
                return new BucketCheck(store, new StoreAnswers(new RunControl()), config, false)
                        .check(store.headBucket());
            }
        }
    }

    private static ObjectSettings encrypted() {
        return new ObjectSettings(
                Optional.empty(), Optional.of(new Encryption("aws:kms", Optional.empty())), Map.of("a", "b"));
    }

    private static ObjectSettings cold() {
        return new ObjectSettings(Optional.of("GLACIER_IR"), Optional.empty(), Map.of());
    }

    private static List<String> texts(List<Finding> findings, Finding.Level level) {
        return findings.stream()
                .filter(finding -> finding.level() == level)
                .map(Finding::message)
                .toList();
    }

    private static String head(String headers) {
        return ScriptedS3.answer("200 OK", "ETag: \"0\"\r\n" + headers, "");
    }

    private static Function<Request, String> heading(String headers) {
        return request -> request.operation().equals("HeadObject") ? head(headers) : null;
    }

    @Test
    void storeThatDoesNotSayThatItEncryptsIsRefused() throws Exception {
        assertThat(texts(check(encrypted(), heading("")), Finding.Level.FAIL))
                .containsExactly("the store does not encrypt objects as --sse aws:kms wants it: it says nothing of"
                        + " encryption; leave out --sse if that is enough");
        assertThat(texts(check(encrypted(), heading("x-amz-server-side-encryption: AES256\r\n")), Finding.Level.FAIL))
                .singleElement()
                .asString()
                .contains("it says AES256");
    }

    @Test
    void storeThatEncryptsAsAskedIsTaken() throws Exception {
        var findings = check(encrypted(), heading("x-amz-server-side-encryption: aws:kms\r\n"));
        assertThat(texts(findings, Finding.Level.FAIL)).isEmpty();
        assertThat(texts(findings, Finding.Level.OK)).contains("the store encrypts objects: aws:kms");
        assertThat(seen.stream().map(Request::operation))
                .contains("CreateMultipartUpload", "UploadPart", "AbortMultipartUpload");
    }

    @ParameterizedTest(name = "refused at {0}")
    @CsvSource({"CreateMultipartUpload, false", "UploadPart, true"})
    void storeThatRefusesOnlyUploadsInPartsIsFoundOut(String operation, boolean begun) throws Exception {
        var findings = check(
                encrypted(),
                request -> request.operation().equals(operation)
                        ? ScriptedS3.error("403 Forbidden", "AccessDenied", "not authorized to perform kms:Decrypt")
                        : null);
        assertThat(texts(findings, Finding.Level.FAIL))
                .singleElement()
                .asString()
                .startsWith("bucket bucket takes objects with these settings, but none in parts: ")
                .contains("403 AccessDenied (not authorized to perform kms:Decrypt)");
        assertThat(seen.stream().anyMatch(request -> request.operation().equals("AbortMultipartUpload")))
                .as("what was begun is aborted")
                .isEqualTo(begun);
        assertThat(seen.stream().map(Request::operation)).contains("DeleteObject");
    }

    @Test
    void storageClassThatTheStoreIgnoresIsWarnedOf() throws Exception {
        assertThat(texts(check(cold(), heading("")), Finding.Level.WARN))
                .contains(
                        "the store keeps objects in storage class STANDARD, not in GLACIER_IR as --storage-class wants"
                                + " it");
        assertThat(texts(check(cold(), heading("x-amz-storage-class: GLACIER_IR\r\n")), Finding.Level.OK))
                .contains("the store keeps objects in storage class GLACIER_IR");
    }

    private static ObjectSettings tagged() {
        return new ObjectSettings(Optional.empty(), Optional.empty(), Map.of("owner", "a team", "keep", ""));
    }

    private List<Finding> checkTags(String answer) throws Exception {
        return check(tagged(), request -> request.operation().equals("GetObjectTagging") ? answer : null);
    }

    @Test
    void storeThatKeepsTagsIsTaken() throws Exception {
        var findings = checkTags(null);
        assertThat(texts(findings, Finding.Level.FAIL)).isEmpty();
        assertThat(texts(findings, Finding.Level.OK)).contains("the store keeps tags");
    }

    @Test
    void storeThatTakesTagsAndKeepsNoneIsRefused() throws Exception {
        String none = ScriptedS3.answer("200 OK", "", "<Tagging><TagSet></TagSet></Tagging>");
        String some = ScriptedS3.answer(
                "200 OK", "", "<Tagging><TagSet><Tag><Key>owner</Key><Value>x</Value></Tag></TagSet></Tagging>");
        for (String answer : List.of(none, some)) {
            assertThat(texts(checkTags(answer), Finding.Level.FAIL))
                    .containsExactly("the store takes objects with --tag and does not keep these tags: leave out --tag"
                            + " if that is enough");
        }
        assertThat(texts(
                        checkTags(ScriptedS3.error("501 Not Implemented", "NotImplemented", "no such thing")),
                        Finding.Level.FAIL))
                .singleElement()
                .asString()
                .startsWith("the store knows no tags of objects: leave out --tag if that is enough: ");
    }

    @Test
    void keysThatMayNotReadTagsAreWarnedOf() throws Exception {
        var findings = checkTags(ScriptedS3.error("403 Forbidden", "AccessDenied", "no s3:GetObjectTagging"));
        assertThat(texts(findings, Finding.Level.FAIL)).isEmpty();
        assertThat(texts(findings, Finding.Level.WARN))
                .anyMatch(text -> text.startsWith("whether the store keeps tags is not known: GetObjectTagging: 403"));
    }

    @Test
    void storeThatDoesNotTellIsRefusedForEncryptionOnly() throws Exception {
        Function<Request, String> denied = request -> request.operation().equals("HeadObject")
                ? "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                : null;
        assertThat(texts(check(encrypted(), denied), Finding.Level.FAIL))
                .containsExactly("the store does not say how it keeps an object: HEAD: 403");
        assertThat(texts(check(cold(), denied), Finding.Level.FAIL)).isEmpty();
    }

    @Test
    void withoutSettingsNothingMoreIsAsked() throws Exception {
        assertThat(texts(check(ObjectSettings.OF_THE_BUCKET, request -> null), Finding.Level.FAIL))
                .isEmpty();
        assertThat(seen.stream().map(Request::operation)).doesNotContain("CreateMultipartUpload", "HeadObject");
    }
}
