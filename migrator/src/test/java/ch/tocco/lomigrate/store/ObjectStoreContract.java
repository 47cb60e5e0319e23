package ch.tocco.lomigrate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.store.ObjectStore.StoredPart;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ObjectStore} must do. A subclass brings the store, and a look into it that is not its own. */
public abstract class ObjectStoreContract {
    private static final int PART = 5 << 20;
    private static final String WRONG = "0".repeat(64);

    @TempDir
    private Path directory;

    protected abstract ObjectStore store();

    /** What is under the key; null if nothing is. */
    protected abstract MemoryObjectStore.Stored stored(String key);

    protected abstract List<String> openUploads();

    /** How the store says that it received other bytes than the hash promised. */
    protected abstract String wrongBytes();

    protected static <T> T get(CompletableFuture<T> request) throws Exception {
        return request.get(60, TimeUnit.SECONDS);
    }

    protected static StoreException failure(CompletableFuture<?> request) throws Exception {
        try {
            get(request);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(StoreException.class);
            return (StoreException) e.getCause();
        }
        throw new AssertionError("the request succeeded");
    }

    private static StoredObject object(String key, byte[] content) {
        return new StoredObject(new ObjectKey(key), Digests.of(content).sha256(), "text/plain", Map.of("oid", "1"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 1 << 20})
    void storesWhatWasSentWithTypeAndMetadata(int size) throws Exception {
        byte[] content = GeneratedContent.bytes(size, size);
        var digests = Digests.of(content);
        var metadata = Map.of("sha1", digests.sha1(), "sha256", digests.sha256(), "oid", "4294967295");
        var object = new StoredObject(
                new ObjectKey(digests.sha256()), digests.sha256(), "text/html;charset=utf-8", metadata);

        get(store().put(object, Content.of(content)));

        var stored = stored(digests.sha256());
        assertThat(stored.bytes()).isEqualTo(content);
        assertThat(stored.contentType()).isEqualTo("text/html;charset=utf-8");
        assertThat(stored.metadata()).isEqualTo(metadata);
        assertThat(get(store().length(object))).isEqualTo(size);
    }

    @Test
    void replacesWhatWasUnderTheKey() throws Exception {
        byte[] before = GeneratedContent.bytes(1, 2000);
        byte[] after = GeneratedContent.bytes(2, 1000);
        get(store().put(object("key", before), Content.of(before)));
        get(store().put(
                        new StoredObject(new ObjectKey("key"), Digests.of(after).sha256(), "a/b", Map.of()),
                        Content.of(after)));
        assertThat(stored("key").bytes()).isEqualTo(after);
        assertThat(stored("key").contentType()).isEqualTo("a/b");
        assertThat(stored("key").metadata()).isEmpty();
    }

    @Test
    void takesKeysThatMustBeEncoded() throws Exception {
        byte[] content = {1, 2, 3};
        String key = "probe ü+&=/a~b";
        get(store().put(object(key, content), Content.of(content)));
        assertThat(stored(key).bytes()).isEqualTo(content);
    }

    @Test
    void listsTheKeysOfAPrefix() throws Exception {
        List<String> keys = List.of("list/+", "list/a b", "list/%2F", "list/ü", "list/z/");
        byte[] content = {1};
        for (String key : keys) {
            get(store().put(object(key, content), Content.of(content)));
        }
        get(store().put(object("listen", content), Content.of(content)));
        List<String> found = new ArrayList<>();
        for (Optional<String> after = Optional.of(""); after.isPresent(); ) {
            var page = get(store().listKeys("list/", after.get()));
            found.addAll(page.keys());
            after = page.next();
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(keys);
        assertThat(get(store().listKeys("nothing/", "")).keys()).isEmpty();
    }

    @Test
    void refusesOtherBytesThanTheHashSaysAndKeepsTheOldObject() throws Exception {
        byte[] old = GeneratedContent.bytes(3, 500);
        get(store().put(object("key", old), Content.of(old)));
        byte[] other = GeneratedContent.bytes(4, 500);

        var failure =
                failure(store().put(new StoredObject(new ObjectKey("key"), WRONG, "a/b", Map.of()), Content.of(other)));

        assertThat(failure).hasMessageContaining(wrongBytes());
        assertThat(stored("key").bytes()).isEqualTo(old);
        assertThat(stored("key").contentType()).isEqualTo("text/plain");
    }

    @Test
    void makesPartsAnObject() throws Exception {
        byte[] first = GeneratedContent.bytes(5, PART);
        byte[] second = GeneratedContent.bytes(6, 10);
        var object = new StoredObject(new ObjectKey("parts"), WRONG, "video/mp4", Map.of("sha1", "1"));

        String id = get(store().beginMultipart(object));
        String last = get(store().putPart(object, id, 2, Content.of(second), sha256(second)));
        String begin = get(store().putPart(object, id, 1, Content.of(first), sha256(first)));
        assertThat(stored("parts")).isNull();
        assertThat(openUploads()).containsExactly("parts");
        assertThat(get(store().listUploads("part-"))).isEmpty();
        assertThat(get(store().listUploads("part"))).singleElement().satisfies(upload -> {
            assertThat(upload.key()).isEqualTo("parts");
            assertThat(upload.uploadId()).isEqualTo(id);
        });
        var parts = List.of(new StoredPart(begin, sha256(first)), new StoredPart(last, sha256(second)));
        get(store().completeMultipart(object, id, parts));

        var stored = stored("parts");
        assertThat(stored.bytes()).hasSize(PART + 10).startsWith(first).endsWith(second);
        assertThat(stored.contentType()).isEqualTo("video/mp4");
        assertThat(stored.metadata()).isEqualTo(Map.of("sha1", "1"));
        assertThat(get(store().length(object))).isEqualTo(PART + 10L);
        assertThat(openUploads()).isEmpty();
    }

    @Test
    void forgetsPartsOfAnAbortedUploadAndKeepsTheOldObject() throws Exception {
        byte[] old = {1};
        var object = object("aborted", old);
        get(store().put(object, Content.of(old)));
        String id = get(store().beginMultipart(object));
        get(store().putPart(object, id, 1, Content.of(old), sha256(old)));

        get(store().abortMultipart(object.key().text(), id));

        assertThat(openUploads()).isEmpty();
        assertThat(stored("aborted").bytes()).isEqualTo(old);
    }

    @Test
    void refusesPartThatIsNotWhatItsHashSays() throws Exception {
        byte[] bytes = GeneratedContent.bytes(7, 100);
        var object = object("part", bytes);
        String id = get(store().beginMultipart(object));

        var failure = failure(store().putPart(object, id, 1, Content.of(bytes), WRONG));

        assertThat(failure).hasMessageContaining(wrongBytes());
        get(store().abortMultipart(object.key().text(), id));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 300_000})
    void storesARangeOfAFile(int length) throws Exception {
        byte[] all = GeneratedContent.bytes(8, 1 << 20);
        byte[] range = Arrays.copyOfRange(all, 12_345, 12_345 + length);
        try (FileChannel file = FileChannel.open(Files.write(directory.resolve("spill"), all))) {
            get(store().put(object("range", range), Content.of(file, 12_345, length)));
        }
        assertThat(stored("range").bytes()).isEqualTo(range);
    }

    @Test
    void contentThatEndsTooSoonFailsAndKeepsTheOldObject() throws Exception {
        byte[] old = {1};
        get(store().put(object("short", old), Content.of(old)));
        byte[] content = GeneratedContent.bytes(9, 1 << 20);
        Path spill = Files.write(directory.resolve("spill"), Arrays.copyOf(content, 700_000));
        try (FileChannel file = FileChannel.open(spill)) {
            var failure = failure(store().put(object("short", content), Content.of(file, 0, content.length)));
            assertThat(failure.reason()).isEqualTo(FailureReason.SPILL);
            assertThat(failure).hasMessageContaining("the file ends at 700000 bytes");
        }
        assertThat(stored("short").bytes()).isEqualTo(old);
    }

    @Test
    void deletesWhatIsThereAndWhatIsNot() throws Exception {
        byte[] content = {1};
        get(store().put(object("deleted", content), Content.of(content)));
        get(store().delete("deleted"));
        assertThat(stored("deleted")).isNull();
        get(store().delete("deleted"));
    }

    @Test
    void lengthOfNothingIsAFailure() throws Exception {
        assertThat(failure(store().length(object("nothing", new byte[0]))).reason())
                .isEqualTo(FailureReason.REFUSED);
        assertThatThrownBy(() -> get(store().length(object("nothing", new byte[0]))))
                .isInstanceOf(ExecutionException.class);
    }

    public static String sha256(byte[] bytes) {
        return Digests.of(bytes).sha256();
    }
}
