package ch.tocco.lomigrate.s3;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.ObjectSettings;
import ch.tocco.lomigrate.config.ObjectSettings.Encryption;
import ch.tocco.lomigrate.config.RunId;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.guard.OverwriteTrial;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.ObjectStore.StoredPart;
import ch.tocco.lomigrate.store.StoreProbe;
import ch.tocco.lomigrate.store.StoredObject;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.servers.PlainBucket;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3.Request;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a store gets to read of {@code --storage-class}, {@code --sse} and {@code --tag}, whichever way an object goes. */
final class ObjectSettingsTest {
    private static final byte[] CONTENT = {1, 2, 3};
    private static final String SHA256 = Digests.of(CONTENT).sha256();
    private static final StoredObject OBJECT = new StoredObject(new ObjectKey("key"), SHA256, "text/plain", Map.of());
    private static final String CLASS = "x-amz-storage-class";
    private static final String SSE = "x-amz-server-side-encryption";
    private static final String KMS_KEY = "x-amz-server-side-encryption-aws-kms-key-id";
    private static final String TAGGING = "x-amz-tagging";

    private final List<Request> seen = new CopyOnWriteArrayList<>();
    private ScriptedS3 server;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedS3.start(request -> {
            seen.add(request);
            return null;
        });
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private S3ObjectStore store(ObjectSettings settings) {
        S3Config bucket = PlainBucket.at(server.endpoint(), "bucket", server.accessKey(), server.secretKey());
        return new S3ObjectStore(bucket.with(settings), 4, FaultConfig.DEFAULT_REQUEST_TIMEOUT);
    }

    private static ObjectSettings all() {
        var tags = new LinkedHashMap<String, String>();
        tags.put("project", "a, b = c");
        tags.put("größe+&", "");
        return new ObjectSettings(
                Optional.of("STANDARD_IA"), Optional.of(new Encryption("aws:kms", Optional.of("alias/lo"))), tags);
    }

    private static <T> T get(CompletableFuture<T> request) throws Exception {
        return request.get(60, TimeUnit.SECONDS);
    }

    private Request only(String operation) {
        return seen.stream()
                .filter(request -> request.operation().equals(operation))
                .reduce((one, other) -> {
                    throw new AssertionError("two of " + operation);
                })
                .orElseThrow();
    }

    private static void assertCarriesAll(Request request) {
        assertThat(request.headers())
                .as(request.operation())
                .containsEntry(CLASS, "STANDARD_IA")
                .containsEntry(SSE, "aws:kms")
                .containsEntry(KMS_KEY, "alias/lo")
                .containsEntry(TAGGING, "project=a%2C%20b%20%3D%20c&gr%C3%B6%C3%9Fe%2B%26=");
        // what the signature does not cover, a proxy could change
        assertThat(request.header("authorization")).contains(CLASS, SSE, KMS_KEY, TAGGING);
    }

    @Test
    void putAndUploadInPartsCarryTheSame() throws Exception {
        try (var store = store(all())) {
            get(store.put(OBJECT, Content.of(CONTENT)));
            String id = get(store.beginMultipart(OBJECT));
            String etag = get(store.putPart(OBJECT, id, 1, Content.of(CONTENT), SHA256));
            get(store.completeMultipart(OBJECT, id, List.of(new StoredPart(etag, SHA256))));
        }
        assertCarriesAll(only("PutObject"));
        assertCarriesAll(only("CreateMultipartUpload"));
        // S3 refuses them there
        for (String later : List.of("UploadPart", "CompleteMultipartUpload")) {
            assertThat(only(later).headers()).doesNotContainKeys(CLASS, SSE, KMS_KEY, TAGGING);
        }
    }

    @Test
    void probesCarryThemTooAndHaveKeysOfThisProcess() throws Exception {
        try (var store = store(all())) {
            get(new StoreProbe(store).put());
            get(new StoreProbe(store, "-1").putWithWrongSha256().handle((etag, e) -> e));
            get(new OverwriteTrial(store, "").isHonoured());
        }
        List<Request> puts = seen.stream()
                .filter(request -> request.operation().equals("PutObject"))
                .toList();
        assertThat(puts).hasSize(4).allSatisfy(ObjectSettingsTest::assertCarriesAll);
        assertThat(puts)
                .allSatisfy(put -> assertThat(put.path())
                        .startsWith("/bucket/lo-migrate-probe-"
                                + RunId.ofThisProcess().text()));
    }

    @Test
    void nothingIsSentThatWasNotGiven() throws Exception {
        try (var store = store(ObjectSettings.OF_THE_BUCKET)) {
            get(store.put(OBJECT, Content.of(CONTENT)));
            get(store.beginMultipart(OBJECT));
        }
        assertThat(seen)
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.headers()).doesNotContainKeys(CLASS, SSE, KMS_KEY, TAGGING));
    }
}
