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
        return new StoredObject(
                event.objectKey(),
                event.sha256(),
                ContentType.of(row.mimeType()),
                HeaderText.disposition(row.extras().fileName()),
                metadata(row, event.sha256()),
                false,
                row.extras().former());
    }

    private static Map<String, String> metadata(SourceRow row, String sha256) {
        String sha1 = row.expected()
                .filter(checksum -> checksum.algorithm() == Checksum.Algorithm.SHA1)
                .map(checksum -> checksum.hex().toLowerCase(Locale.ROOT))
                .orElse(null);
        String oid = row.content() instanceof LargeObject large ? large.reference() : null;
        if (sha1 != null && oid != null && row.extras().metadata().isEmpty()) {
            // what millions of objects have, so no map is filled and then copied
            return Map.of("sha1", sha1, "sha256", sha256, "oid", oid);
        }
        Map<String, String> metadata = new HashMap<>();
        metadata.put("sha256", sha256);
        if (sha1 != null) {
            metadata.put("sha1", sha1);
        }
        if (oid != null) {
            metadata.put("oid", oid);
        }
        row.extras().metadata().forEach((name, value) -> metadata.put(name, HeaderText.ascii(value)));
        return metadata;
    }
}
