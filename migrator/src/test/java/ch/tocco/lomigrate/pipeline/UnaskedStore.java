package ch.tocco.lomigrate.pipeline;

import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.StoredObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A store that is asked for nothing but what a test's own one answers: every other question is an error. */
public class UnaskedStore implements ObjectStore {
    @Override
    public CompletableFuture<String> put(StoredObject object, Content content) {
        throw unexpected("put");
    }

    @Override
    public CompletableFuture<String> beginMultipart(StoredObject object) {
        throw unexpected("beginMultipart");
    }

    @Override
    public CompletableFuture<String> putPart(
            StoredObject object, String uploadId, int number, Content content, String sha256) {
        throw unexpected("putPart");
    }

    @Override
    public CompletableFuture<Void> completeMultipart(StoredObject object, String uploadId, List<StoredPart> parts) {
        throw unexpected("completeMultipart");
    }

    @Override
    public CompletableFuture<Void> abortMultipart(String key, String uploadId) {
        throw unexpected("abortMultipart");
    }

    @Override
    public CompletableFuture<List<OpenUpload>> listUploads(String prefix) {
        throw unexpected("listUploads");
    }

    @Override
    public CompletableFuture<KeysPage> listKeys(String prefix, String after) {
        throw unexpected("listKeys");
    }

    @Override
    public CompletableFuture<Long> length(StoredObject object) {
        throw unexpected("length");
    }

    @Override
    public CompletableFuture<Optional<Found>> find(StoredObject object) {
        throw unexpected("find");
    }

    @Override
    public CompletableFuture<Map<String, String>> tags(StoredObject object) {
        throw unexpected("tags");
    }

    @Override
    public Optional<String> server() {
        throw unexpected("server");
    }

    @Override
    public CompletableFuture<Void> headBucket() {
        throw unexpected("headBucket");
    }

    @Override
    public void sendChecksums() {
        throw unexpected("sendChecksums");
    }

    @Override
    public void compareEtags() {
        throw unexpected("compareEtags");
    }

    @Override
    public CompletableFuture<Void> delete(String key) {
        throw unexpected("delete");
    }

    @Override
    public void close() {}

    private static AssertionError unexpected(String question) {
        return new AssertionError("the test does not expect " + question);
    }
}
