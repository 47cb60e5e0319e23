package ch.tocco.lomigrate.values;

import ch.tocco.lomigrate.pacing.DailyWindow;
import ch.tocco.lomigrate.pacing.Limits;
import ch.tocco.lomigrate.pacing.Timetable;
import com.beust.jcommander.IStringConverter;
import com.beust.jcommander.ParameterException;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kinds of values of the flags that make a run gentle. A converter says what is wrong with a text without naming the flag,
 * which the reader of the command line puts in front.
 */
public final class ThrottleValues {
    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,15}(?:[.][0-9]{1,9})?)([bkmgt]?)");
    private static final String UNITS = "bkmgt";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("H:mm", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);

    private ThrottleValues() {}

    private static BigDecimal bytes(String text, char unitIfNone) {
        Matcher amount = AMOUNT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!amount.matches()) {
            throw new ParameterException("must be a number with B, K, M, G or T behind it, not '" + text + "'");
        }
        char unit = amount.group(2).isEmpty() ? unitIfNone : amount.group(2).charAt(0);
        return new BigDecimal(amount.group(1)).multiply(BigDecimal.valueOf(1024).pow(UNITS.indexOf(unit)));
    }

    private static LocalTime time(String text) {
        try {
            return LocalTime.parse(text.strip(), TIME);
        } catch (DateTimeParseException e) {
            throw new ParameterException("has no time of day as in 22:00: '" + text + "'");
        }
    }

    /** Bytes, from 1; K, M, G and T are powers of 1024. */
    public static final class Bytes implements IStringConverter<Long> {
        @Override
        public Long convert(String text) {
            BigDecimal bytes = bytes(text, 'b');
            if (bytes.compareTo(BigDecimal.ONE) < 0 || bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
                throw new ParameterException("must be from 1 byte to 8388607 TiB, not '" + text + "'");
            }
            return bytes.longValue();
        }
    }

    /**
     * Time that passes, from a second to a thousand days.
     *
     * @param text as it was given
     * @param length in whole seconds
     */
    public record Span(String text, Duration length) {
        @Override
        public String toString() {
            return text;
        }
    }

    /** {@code 90}, {@code 90s}, {@code 15m}, {@code 2h} or {@code 3d}. */
    public static final class Time implements IStringConverter<Span> {
        private static final Pattern SPAN = Pattern.compile("([0-9]{1,9})([smhd]?)");
        private static final Duration LONGEST = Duration.ofDays(1000);

        @Override
        public Span convert(String text) {
            Matcher span = SPAN.matcher(text.strip().toLowerCase(Locale.ROOT));
            if (!span.matches()) {
                throw new ParameterException("must be a whole number with s, m, h or d behind it, not '" + text + "'");
            }
            long number = Long.parseLong(span.group(1));
            Duration length = switch (span.group(2)) {
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                case "d" -> Duration.ofDays(number);
                default -> Duration.ofSeconds(number);
            };
            if (length.isZero() || length.compareTo(LONGEST) > 0) {
                throw new ParameterException("must be from 1s to 1000d, not '" + text + "'");
            }
            return new Span(text, length);
        }
    }

    /** {@code 22:00-06:00}. */
    public static final class Window implements IStringConverter<DailyWindow> {
        @Override
        public DailyWindow convert(String text) {
            String[] ends = text.split("-", -1);
            if (ends.length != 2) {
                throw new ParameterException("must be two times as in 22:00-06:00, not '" + text + "'");
            }
            LocalTime from = time(ends[0]);
            LocalTime to = time(ends[1]);
            if (from.equals(to)) {
                throw new ParameterException("begins and ends at " + from
                        + ", so it is not known whether it is a day or" + " nothing; leave it out to run all day");
            }
            return new DailyWindow(from, to);
        }
    }

    /**
     * A rate, or several by day and hour.
     *
     * @param text as it was given
     * @param timetable what it means
     */
    public record Bandwidth(String text, Timetable timetable) {
        @Override
        public String toString() {
            return text;
        }
    }

    /** As rclone's {@code --bwlimit}: {@code 10M}, or {@code "08:00,5M 18:00,50M Sat-00:00,off"}. */
    public static final class BandwidthLimit implements IStringConverter<Bandwidth> {
        @Override
        public Bandwidth convert(String text) {
            List<Timetable.Entry> entries = new ArrayList<>();
            if (text.contains(",")) {
                Arrays.stream(text.strip().split("\\s+")).map(this::entry).forEach(entries::add);
            } else {
                entries.add(new Timetable.Entry(Optional.empty(), LocalTime.MIDNIGHT, rate(text)));
            }
            return new Bandwidth(text, new Timetable(entries));
        }

        private Timetable.Entry entry(String text) {
            String[] parts = text.split(",", -1);
            if (parts.length != 2) {
                throw new ParameterException(
                        "must be a rate as in 10M, or times with rates as in \"08:00,5M Sat-00:00,off\"; '" + text
                                + "' is neither");
            }
            int dash = parts[0].indexOf('-');
            Optional<DayOfWeek> day = dash < 0 ? Optional.empty() : Optional.of(day(parts[0].substring(0, dash)));
            return new Timetable.Entry(day, time(parts[0].substring(dash + 1)), rate(parts[1]));
        }

        private static DayOfWeek day(String text) {
            for (DayOfWeek day : DayOfWeek.values()) {
                if (text.equalsIgnoreCase(day.getDisplayName(TextStyle.SHORT, Locale.ENGLISH))
                        || text.equalsIgnoreCase(day.getDisplayName(TextStyle.FULL, Locale.ENGLISH))) {
                    return day;
                }
            }
            throw new ParameterException("has no day as in Mon: '" + text + "'");
        }

        private static long rate(String text) {
            if (text.strip().equalsIgnoreCase("off")) {
                return Timetable.UNLIMITED;
            }
            BigDecimal bytes = bytes(text, 'k');
            if (bytes.compareTo(BigDecimal.ONE) < 0 || bytes.compareTo(BigDecimal.valueOf(Timetable.UNLIMITED)) >= 0) {
                throw new ParameterException(
                        "has a rate of '" + text + "'; to pause use --window or --pause-file, for no limit write off");
            }
            return bytes.longValue();
        }
    }

    /**
     * Sessions that may be active.
     *
     * @param active how many, from 1
     */
    public record Load(int active) {
        @Override
        public String toString() {
            return "active=" + active;
        }
    }

    /** {@code active=40}. */
    public static final class MaxLoad implements IStringConverter<Load> {
        private static final Pattern LOAD = Pattern.compile("active=([1-9][0-9]{0,5})");

        @Override
        public Load convert(String text) {
            Matcher load = LOAD.matcher(text.strip());
            if (!load.matches()) {
                throw new ParameterException("must be active=N with N from 1 to 999999, not '" + text + "'");
            }
            return new Load(Integer.parseInt(load.group(1)));
        }
    }

    /** {@code 100} or {@code 5%}. */
    public static final class MaxFailures implements IStringConverter<Limits.Failures> {
        private static final Pattern FAILURES = Pattern.compile("([1-9][0-9]{0,11})(%?)");
        private static final int ALL = 100;

        @Override
        public Limits.Failures convert(String text) {
            Matcher failures = FAILURES.matcher(text.strip());
            boolean percent = failures.matches() && !failures.group(2).isEmpty();
            if (!failures.matches() || (percent && Long.parseLong(failures.group(1)) >= ALL)) {
                throw new ParameterException("must be a number from 1, or 1% to 99%, not '" + text + "'");
            }
            return new Limits.Failures(Long.parseLong(failures.group(1)), percent);
        }
    }

    /** How many of something, from 1. */
    public static final class Count implements IStringConverter<Long> {
        @Override
        public Long convert(String text) {
            if (!text.strip().matches("[0-9]{1,15}") || Long.parseLong(text.strip()) == 0) {
                throw new ParameterException("must be a whole number from 1, not '" + text + "'");
            }
            return Long.parseLong(text.strip());
        }
    }

    /** The same, up to a million. */
    public static final class SmallCount implements IStringConverter<Integer> {
        private static final int MOST = 1_000_000;

        @Override
        public Integer convert(String text) {
            long count = new Count().convert(text);
            if (count > MOST) {
                throw new ParameterException("must be at most " + MOST + ", not '" + text + "'");
            }
            return (int) count;
        }
    }

    /**
     * Names of standbys.
     *
     * @param names at least one
     */
    public record Standbys(List<String> names) {
        public Standbys {
            names = List.copyOf(names);
        }

        @Override
        public String toString() {
            return String.join(",", names);
        }
    }

    /** Names with commas between them. */
    public static final class StandbyNames implements IStringConverter<Standbys> {
        @Override
        public Standbys convert(String text) {
            List<String> names =
                    Arrays.stream(text.split(",", -1)).map(String::strip).toList();
            if (names.contains("")) {
                throw new ParameterException("has an empty name: '" + text + "'");
            }
            return new Standbys(names);
        }
    }

    /** SQL, taken as it is. */
    public static final class Sql implements IStringConverter<String> {
        @Override
        public String convert(String text) {
            if (text.isBlank()) {
                throw new ParameterException("is empty");
            }
            return text;
        }
    }
}
