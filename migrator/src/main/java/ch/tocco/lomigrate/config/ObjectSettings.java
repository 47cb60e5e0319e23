package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How the store is to keep each object, probes included. Immutable.
 *
 * @param storageClass as the store names it; empty: the bucket's
 * @param encryption by the store; empty: the bucket's
 * @param tags of each object, in the order given, at most {@value #MOST_TAGS}
 */
public record ObjectSettings(Optional<String> storageClass, Optional<Encryption> encryption, Map<String, String> tags) {
    /** S3: "You can associate up to 10 tags with an object" (Amazon S3 User Guide, object tagging). */
    public static final int MOST_TAGS = 10;

    /** What the bucket does by itself. */
    public static final ObjectSettings OF_THE_BUCKET = new ObjectSettings(Optional.empty(), Optional.empty(), Map.of());

    public ObjectSettings {
        requireNonNull(storageClass);
        requireNonNull(encryption);
        tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
        if (tags.size() > MOST_TAGS) {
            throw new IllegalArgumentException("too many tags: " + tags.size());
        }
    }

    /** Whether everything is left to the bucket. */
    public boolean areOfTheBucket() {
        return storageClass.isEmpty() && encryption.isEmpty() && tags.isEmpty();
    }

    /**
     * Encryption by the store.
     *
     * @param algorithm {@code AES256}, {@code aws:kms} or {@code aws:kms:dsse}
     * @param kmsKey id or ARN of the key in the key service; empty: its default key
     */
    public record Encryption(String algorithm, Optional<String> kmsKey) {
        public Encryption {
            requireNonNull(algorithm);
            requireNonNull(kmsKey);
        }
    }
}
