package ch.tocco.lomigrate.pacing;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * When a run ends although rows are pending. What is empty sets no limit.
 *
 * @param duration how long PUTs begin, from the first listing on
 * @param objects how many PUTs begin
 * @param bytes no PUT begins once those that have begun have so many bytes
 * @param failures when failed objects end the run
 */
public record Limits(
        Optional<Duration> duration, OptionalLong objects, OptionalLong bytes, Optional<Failures> failures) {
    /** No limit at all. */
    public static final Limits NONE =
            new Limits(Optional.empty(), OptionalLong.empty(), OptionalLong.empty(), Optional.empty());

    /**
     * Failed objects that end the run.
     *
     * @param number how many, at least 1; a percentage of what is settled if {@code percent}
     * @param percent the number is a percentage, 1 to 99
     */
    public record Failures(long number, boolean percent) {
        /** A percentage says nothing of fewer settled objects. */
        public static final long SETTLED_AT_LEAST = 100;

        /** Whether so many have failed that the run ends. */
        public boolean reached(long failed, long settled) {
            return percent ? settled >= SETTLED_AT_LEAST && failed * 100 >= settled * number : failed >= number;
        }

        @Override
        public String toString() {
            return percent ? number + "%" : Long.toString(number);
        }
    }

    public Limits {
        requireNonNull(duration);
        requireNonNull(objects);
        requireNonNull(bytes);
        requireNonNull(failures);
    }
}
