package ch.tocco.lomigrate.store;

import java.util.List;

/** The fake that the storers' tests rely on keeps the contract too. */
final class MemoryObjectStoreTest extends ObjectStoreContract {
    private final MemoryObjectStore store = new MemoryObjectStore();

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Override
    protected MemoryObjectStore.Stored stored(String key) {
        return store.objects().get(key);
    }

    @Override
    protected List<String> openUploads() {
        return store.openUploads();
    }

    @Override
    protected String wrongBytes() {
        return "wrong SHA-256";
    }
}
