package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Tells a run from every other one, in whatever a run writes: the time of its start and a random part, as in
 * {@code 20261126T220000Z-1f2e3d4c}. Sorts by time, and is fit for file names and object keys.
 *
 * @param text letters, digits and a hyphen
 */
public record RunId(String text) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int RANDOM_BYTES = 4;
    private static final RunId OF_THIS_PROCESS =
            random(ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH));

    public RunId {
        requireNonNull(text);
    }

    /** The same for the whole life of the process, which has one run. */
    public static RunId ofThisProcess() {
        return OF_THIS_PROCESS;
    }

    /** A new one; two of the same second differ but for one case in four billion. */
    static RunId random(Instant start) {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        return new RunId(TIME.format(start) + '-' + HexFormat.of().formatHex(random));
    }

    @Override
    public String toString() {
        return text;
    }
}
