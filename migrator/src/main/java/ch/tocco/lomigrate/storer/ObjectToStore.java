package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.lo.Checksum;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.store.StoredObject;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What is written to the bucket for a received object: its key, its content type, its metadata. */
final class ObjectToStore {
    private ObjectToStore() {}

    static StoredObject of(LoEvent event) {
        SourceRow row = event.row();
        Map<String, String> metadata = new HashMap<>();
        row.expected()
                .filter(checksum -> checksum.algorithm() == Checksum.Algorithm.SHA1)
                .ifPresent(sha1 -> metadata.put("sha1", sha1.hex().toLowerCase(Locale.ROOT)));
        metadata.put("sha256", event.sha256());
        if (row.content() instanceof LargeObject large) {
            metadata.put("oid", large.reference());
        }
        row.extras().metadata().forEach((name, value) -> metadata.put(name, HeaderText.ascii(value)));
        return new StoredObject(
                event.objectKey(),
                event.sha256(),
                ContentType.of(row.mimeType()),
                HeaderText.disposition(row.extras().fileName()),
                metadata,
                false);
    }
}
