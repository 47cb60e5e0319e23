package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.store.StoredObject;
import java.util.Locale;
import java.util.Map;

/** What is written to the bucket for a received object: its key, its content type, its metadata. */
final class ObjectToStore {
    private ObjectToStore() {}

    static StoredObject of(LoEvent event) {
        SourceRow row = event.row();
        Map<String, String> metadata = Map.of(
                "sha1", row.hash().toLowerCase(Locale.ROOT), "sha256", event.sha256(), "oid", Long.toString(row.oid()));
        return new StoredObject(event.sha256(), event.sha256(), ContentType.of(row.mimeType()), metadata);
    }
}
