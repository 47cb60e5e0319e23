package ch.tocco.lomigrate.values;

import ch.tocco.lomigrate.config.DiscoverConfig;
import ch.tocco.lomigrate.config.RunConfig.DisplayMode;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.config.TuningConfig;
import com.beust.jcommander.IStringConverter;
import com.beust.jcommander.ParameterDescription;
import com.beust.jcommander.ParameterException;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The kinds of values that flags take, each with its unit and its limits, both inclusive. A converter words a
 * mistake to follow the name of the flag, which its caller adds.
 */
public final class Converters {
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;

    private Converters() {}

    /** The value, without its unit; empty if the field is null. */
    public static Optional<String> text(ParameterDescription flag) {
        return Optional.ofNullable(flag.getParameterized().get(flag.getObject()))
                .map(value -> written(flag, value));
    }

    @SuppressWarnings("unchecked") // the converter made the value, or could have made the default
    private static String written(ParameterDescription flag, Object value) {
        Class<? extends IStringConverter<?>> converter =
                flag.getParameterAnnotation().converter();
        if (!Written.class.isAssignableFrom(converter)) {
            return value.toString();
        }
        try {
            return ((Written<Object>) converter.getDeclaredConstructor().newInstance()).text(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(converter + " has no constructor without parameters", e);
        }
    }

    /** The value of a text, for who knows no flags; throws an {@link IllegalArgumentException} that says what is wrong with it. */
    public static <T> T checked(IStringConverter<T> kind, String text) {
        try {
            return kind.convert(text);
        } catch (ParameterException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Also writes a value as on the command line, for the help and the printed configuration. */
    public interface Written<T> extends IStringConverter<T> {
        String text(T value);
    }

    /** A whole number of some unit. */
    abstract static class Whole<T> implements Written<T> {
        private final long min;
        private final long max;
        private final LongFunction<T> value;
        private final ToLongFunction<T> number;

        Whole(long min, long max, LongFunction<T> value, ToLongFunction<T> number) {
            this.min = min;
            this.max = max;
            this.value = value;
            this.number = number;
        }

        @Override
        public T convert(String text) {
            if (!text.matches("[+-]?[0-9]+")) {
                throw new ParameterException("is not a whole number: '" + text + "'");
            }
            // a BigDecimal takes any number of digits
            BigDecimal given = new BigDecimal(text);
            if (given.compareTo(BigDecimal.valueOf(min)) < 0 || given.compareTo(BigDecimal.valueOf(max)) > 0) {
                throw new ParameterException("must be from " + min + " to " + max + ", not " + text);
            }
            return value.apply(given.longValueExact());
        }

        @Override
        public String text(T from) {
            return Long.toString(number.applyAsLong(from));
        }
    }

    /** How many of something, from 1. */
    private abstract static class Count extends Whole<Integer> {
        Count(int max) {
            super(1, max, Math::toIntExact, Integer::longValue);
        }
    }

    public static final class Threads extends Count {
        public Threads() {
            super(TuningConfig.MAX_THREADS);
        }
    }

    public static final class SampleRows extends Count {
        public SampleRows() {
            super(DiscoverConfig.MAX_SAMPLE_ROWS);
        }
    }

    public static final class CommitChunk extends Count {
        public CommitChunk() {
            super(TuningConfig.MAX_COMMIT_CHUNK);
        }
    }

    /**
     * The size of a ring as given; the number of its slots is a power of two.
     *
     * @param given slots wanted, at least 1
     */
    public record RingSize(int given) {
        /** The next power of two. */
        public int slots() {
            return given == 1 ? 1 : Integer.highestOneBit(given - 1) << 1;
        }

        @Override
        public String toString() {
            return given == slots()
                    ? Integer.toString(given)
                    : slots() + " (rounded up from " + given + " to a power of two)";
        }
    }

    public static final class Ring extends Whole<RingSize> {
        public Ring() {
            super(1, TuningConfig.MAX_QUEUE, n -> new RingSize(Math.toIntExact(n)), RingSize::given);
        }

        @Override
        public String text(RingSize size) {
            return size.toString();
        }
    }

    /** Bytes, given in KiB or MiB. */
    private abstract static class Bytes extends Whole<Long> {
        Bytes(long unit, long min, long max) {
            super(min / unit, max / unit, n -> n * unit, bytes -> bytes / unit);
        }
    }

    public static final class PartSize extends Bytes {
        public PartSize() {
            super(KIB, S3Config.MIN_PART_SIZE, S3Config.MAX_PART_SIZE);
        }
    }

    public static final class MultipartThreshold extends Bytes {
        public MultipartThreshold() {
            super(KIB, 0, S3Config.MAX_MULTIPART_THRESHOLD);
        }
    }

    public static final class InMemMax extends Bytes {
        public InMemMax() {
            super(KIB, 0, TuningConfig.MAX_IN_MEM_MAX);
        }
    }

    public static final class MemoryBudget extends Bytes {
        public MemoryBudget() {
            super(MIB, MIB, MIB << 20);
        }
    }

    /** A length of content in bytes. */
    public static final class ContentBytes extends Whole<Long> {
        public ContentBytes() {
            super(0, Long.MAX_VALUE, bytes -> bytes, bytes -> bytes);
        }
    }

    /** GiB, with an optional fraction. */
    public static final class GibiBytes implements Written<BigDecimal> {
        private static final int MAX = 1 << 20;

        @Override
        public BigDecimal convert(String text) {
            if (!text.matches("[+-]?[0-9]{1,15}([.][0-9]{1,15})?")) {
                throw new ParameterException("is not a number: '" + text + "'");
            }
            BigDecimal value = new BigDecimal(text);
            if (value.signum() <= 0 || value.compareTo(BigDecimal.valueOf(MAX)) > 0) {
                throw new ParameterException("must be more than 0 and at most " + MAX + ", not " + text);
            }
            return value;
        }

        @Override
        public String text(BigDecimal value) {
            return value.toPlainString();
        }
    }

    /** Seconds, from 1 to a day. */
    public static final class Seconds extends Whole<Duration> {
        public Seconds() {
            super(1, 86_400, Duration::ofSeconds, Duration::toSeconds);
        }
    }

    /** Seconds, from 0 to a day. */
    public static final class SecondsOrNone extends Whole<Duration> {
        public SecondsOrNone() {
            super(0, 86_400, Duration::ofSeconds, Duration::toSeconds);
        }
    }

    public static final class Minutes extends Whole<Duration> {
        public Minutes() {
            super(0, 100_000, Duration::ofMinutes, Duration::toMinutes);
        }
    }

    public static final class Hours extends Whole<Duration> {
        public Hours() {
            super(0, 100_000, Duration::ofHours, Duration::toHours);
        }
    }

    /** On or off; {@code true} if the flag has no value. */
    public static final class Switch implements Written<Boolean> {
        @Override
        public Boolean convert(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "true", "1", "yes" -> true;
                case "false", "0", "no" -> false;
                default -> throw new ParameterException("must be true or false, 1 or 0, yes or no, not '" + text + "'");
            };
        }

        @Override
        public String text(Boolean value) {
            return value ? "yes" : "no";
        }
    }

    /** Whether a run finds out if the store verifies what it receives. */
    public static final class Verification implements Written<Boolean> {
        @Override
        public Boolean convert(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "auto" -> true;
                case "off" -> false;
                default -> throw new ParameterException("must be auto or off, not '" + text + "'");
            };
        }

        @Override
        public String text(Boolean value) {
            return value ? "auto" : "off";
        }
    }

    /** How a terminal shows the progress. */
    public static final class Display implements Written<DisplayMode> {
        @Override
        public DisplayMode convert(String text) {
            return Stream.of(DisplayMode.values())
                    .filter(mode -> mode.name().equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(
                            () -> new ParameterException("must be auto, line, block or plain, not '" + text + "'"));
        }

        @Override
        public String text(DisplayMode mode) {
            return mode.name().toLowerCase(Locale.ROOT);
        }
    }

    public static final class LogFormat implements IStringConverter<String> {
        @Override
        public String convert(String text) {
            String value = text.toLowerCase(Locale.ROOT);
            if (!value.equals("text") && !value.equals("json")) {
                throw new ParameterException("must be text or json, not '" + text + "'");
            }
            return value;
        }
    }

    public static final class LogLevel implements IStringConverter<String> {
        private static final List<String> LEVELS = List.of("error", "warn", "info", "debug", "trace");

        @Override
        public String convert(String text) {
            String value = text.toLowerCase(Locale.ROOT);
            if (!LEVELS.contains(value)) {
                throw new ParameterException("must be one of " + String.join(", ", LEVELS) + ", not '" + text + "'");
            }
            return value;
        }
    }

    /** A file or directory, which need not exist. */
    public static final class FilePath implements IStringConverter<Path> {
        @Override
        public Path convert(String text) {
            if (text.isBlank()) {
                throw new ParameterException("is empty");
            }
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new ParameterException("is no path: '" + text + "'");
            }
        }
    }
}
