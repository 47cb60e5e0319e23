package ch.tocco.lomigrate.storer;

import java.util.List;

/** The fake that the storers' tests rely on keeps the contract too. */
final class MemoryObjectStoreTest extends ObjectStoreContract {
    private final MemoryObjectStore store = new MemoryObjectStore();

    @Override
    ObjectStore store() {
        return store;
    }

    @Override
    MemoryObjectStore.Stored stored(String key) {
        return store.objects().get(key);
    }

    @Override
    List<String> openUploads() {
        return store.openUploads();
    }

    @Override
    String wrongBytes() {
        return "wrong SHA-256";
    }
}
