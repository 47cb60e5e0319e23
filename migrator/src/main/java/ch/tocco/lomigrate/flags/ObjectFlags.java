package ch.tocco.lomigrate.flags;

import ch.tocco.lomigrate.config.ObjectSettings;
import ch.tocco.lomigrate.config.ObjectSettings.Encryption;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.values.StoreValues;
import com.beust.jcommander.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How the store keeps each object, where the bucket's own rules do not say it. */
public final class ObjectFlags {
    private static final String BUCKETS = "as the bucket has it";
    private static final int MAX_TAG_KEY = 128;
    private static final int MAX_TAG_VALUE = 256;

    @Parameter(
            names = "--storage-class",
            placeholder = "NAME",
            converter = StoreValues.StorageClass.class,
            category = Headings.OBJECTS,
            order = 100,
            defaultValueDescription = BUCKETS,
            description = "Storage class of each object, such as STANDARD_IA.")
    String storageClass;

    @Parameter(
            names = "--sse",
            placeholder = "ALGORITHM",
            converter = StoreValues.Sse.class,
            category = Headings.OBJECTS,
            order = 101,
            defaultValueDescription = BUCKETS,
            description =
                    "The store encrypts each object: AES256, aws:kms or aws:kms:dsse. A store that does not say that"
                            + " it encrypts is refused.")
    String sse;

    @Parameter(
            names = "--sse-kms-key-id",
            placeholder = "KEY",
            converter = StoreValues.KmsKey.class,
            category = Headings.OBJECTS,
            order = 102,
            defaultValueDescription = "the key service's own",
            description = "Id or ARN of the key for --sse aws:kms or aws:kms:dsse.")
    String kmsKey;

    @Parameter(
            names = "--tag",
            placeholder = "KEY=VALUE",
            splitter = SourceFlags.Whole.class,
            category = Headings.OBJECTS,
            order = 103,
            description = "Tag of each object. May be given up to 10 times.")
    List<String> tags = new ArrayList<>();

    /** The bucket with these settings. */
    public Optional<S3Config> toConfig(Optional<S3Config> bucket, Mistakes mistakes) {
        ObjectSettings settings = toSettings(mistakes);
        return bucket.map(config -> config.with(settings));
    }

    /** Parts with a mistake, which is noted, are left out. */
    private ObjectSettings toSettings(Mistakes mistakes) {
        if (kmsKey != null && (sse == null || !sse.startsWith("aws:kms"))) {
            mistakes.mistake("--sse-kms-key-id", "needs --sse aws:kms or --sse aws:kms:dsse");
        }
        return new ObjectSettings(
                Optional.ofNullable(storageClass),
                Optional.ofNullable(sse).map(algorithm -> new Encryption(algorithm, Optional.ofNullable(kmsKey))),
                tags(mistakes));
    }

    private Map<String, String> tags(Mistakes mistakes) {
        Map<String, String> found = new LinkedHashMap<>();
        for (String tag : tags) {
            int end = tag.indexOf('=');
            String key = tag.substring(0, Math.max(end, 0));
            String value = tag.substring(end + 1);
            Optional<String> wrong = end < 0 ? Optional.of("has no '='") : wrongWith(key, value);
            wrong.ifPresent(w -> mistakes.mistake("--tag", "'" + tag + "' " + w));
            if (wrong.isEmpty() && found.put(key, value) != null) {
                mistakes.mistake("--tag", "gives '" + key + "' more than once");
            }
        }
        if (found.size() > ObjectSettings.MOST_TAGS) {
            mistakes.mistake("--tag", "may be given " + ObjectSettings.MOST_TAGS + " times, not " + found.size());
            return Map.of();
        }
        return found;
    }

    /** Amazon's rules (Amazon S3 User Guide, object tagging). */
    private static Optional<String> wrongWith(String key, String value) {
        if (key.isEmpty() || key.length() > MAX_TAG_KEY) {
            return Optional.of("needs a key of 1 to " + MAX_TAG_KEY + " characters before '='");
        }
        if (value.length() > MAX_TAG_VALUE) {
            return Optional.of("has more than " + MAX_TAG_VALUE + " characters after '='");
        }
        if (key.startsWith("aws:")) {
            return Optional.of("begins with aws:, which is reserved");
        }
        return (key + value).chars().anyMatch(Character::isISOControl)
                ? Optional.of("has a control character")
                : Optional.empty();
    }
}
