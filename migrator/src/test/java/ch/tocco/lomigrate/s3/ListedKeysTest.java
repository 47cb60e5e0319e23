package ch.tocco.lomigrate.s3;

import static ch.tocco.lomigrate.testkit.wire.ScriptedS3.answer;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.store.ObjectStore.KeysPage;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.testkit.servers.PlainBucket;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3.Request;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What stores answer when they are asked for their keys. */
final class ListedKeysTest {
    private final List<Request> seen = new CopyOnWriteArrayList<>();

    private KeysPage page(String result, String after) throws Exception {
        byte[] raw = answer("200 OK", "", "<ListBucketResult>" + result + "</ListBucketResult>")
                .getBytes(StandardCharsets.ISO_8859_1);
        try (var server = ScriptedS3.start(request -> {
                    seen.add(request);
                    return raw;
                });
                var store = new S3ObjectStore(
                        PlainBucket.at(server.endpoint(), "bucket", server.accessKey(), server.secretKey()),
                        4,
                        FaultConfig.DEFAULT_REQUEST_TIMEOUT)) {
            return store.listKeys("f/", after).get(60, TimeUnit.SECONDS);
        }
    }

    private static String keys(String... keys) {
        return "<Contents><Key>" + String.join("</Key></Contents><Contents><Key>", keys) + "</Key></Contents>";
    }

    @Test
    void pageGoesOnAfterWhatTheStoreSaysOrElseItsLastKey() throws Exception {
        String more = "<IsTruncated>true</IsTruncated>";
        assertThat(page(keys("f/1", "f/2") + more, ""))
                .isEqualTo(new KeysPage(List.of("f/1", "f/2"), Optional.of("f/2")));
        assertThat(page(keys("f/3") + "<NextMarker>f/3x</NextMarker>" + more, "f/2")
                        .next())
                .contains("f/3x");
        assertThat(page(keys("f/4") + "<IsTruncated>false</IsTruncated>", "f/3x")
                        .next())
                .isEmpty();
        assertThat(seen.get(0).query()).contains("prefix=f%2F").doesNotContain("marker");
        assertThat(seen.get(1).query()).contains("marker=f%2F2");
    }

    @Test
    void keysAreDecodedWhereTheStoreSaysThatItHasEncodedThem() throws Exception {
        assertThat(page("<EncodingType>url</EncodingType>" + keys("f/a+b%2Bc%07"), "")
                        .keys())
                .containsExactly("f/a b+c\u0007");
        assertThat(page(keys("f/a+b%2Bc"), "").keys()).containsExactly("f/a+b%2Bc");
    }

    /** It would be asked for the same page again and again. */
    @Test
    void storeThatDoesNotGoOnIsAnError() throws Exception {
        for (String page : List.of(keys("f/1"), "")) {
            try {
                page(page + "<IsTruncated>true</IsTruncated>", "f/1");
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(StoreException.class).hasMessageContaining("an end of the page");
                continue;
            }
            throw new AssertionError("taken for a page: " + page);
        }
    }
}
