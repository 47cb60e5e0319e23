package ch.tocco.lomigrate.cli;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Turns texts into values and notes what is wrong with them, naming the flag or variable that the text came from. A
 * method returns its default after noting a mistake, so that the next value can be looked at too.
 */
final class Values {
    private final Map<String, Given> given;
    private final Findings findings;

    /** @param given what was given, by the flag's long name */
    Values(Map<String, Given> given, Findings findings) {
        this.given = given;
        this.findings = findings;
    }

    /** A whole number within limits, both inclusive. */
    long number(String flag, String text, long otherwise, long min, long max) {
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("[+-]?[0-9]+")) {
            mistake(flag, "is not a whole number: '" + text + "'");
            return otherwise;
        }
        BigDecimal value = new BigDecimal(text);
        if (value.compareTo(BigDecimal.valueOf(min)) < 0 || value.compareTo(BigDecimal.valueOf(max)) > 0) {
            mistake(flag, "must be from " + min + " to " + max + ", not " + text);
            return otherwise;
        }
        return value.longValueExact();
    }

    int integer(String flag, String text, int otherwise, int min, int max) {
        return Math.toIntExact(number(flag, text, otherwise, min, max));
    }

    /** The next power of two. */
    int ring(String flag, String text, int otherwise, int max) {
        int size = integer(flag, text, otherwise, 1, max);
        return size == 1 ? 1 : Integer.highestOneBit(size - 1) << 1;
    }

    /** Gibibytes, with a fraction if need be, as bytes. */
    OptionalLong gibibytes(String flag, String text, long max) {
        if (text == null) {
            return OptionalLong.empty();
        }
        if (!text.matches("[+-]?[0-9]{1,15}([.][0-9]{1,15})?")) {
            mistake(flag, "is not a number: '" + text + "'");
            return OptionalLong.empty();
        }
        BigDecimal value = new BigDecimal(text);
        if (value.signum() <= 0 || value.compareTo(BigDecimal.valueOf(max)) > 0) {
            mistake(flag, "must be more than 0 and at most " + max + ", not " + text);
            return OptionalLong.empty();
        }
        return OptionalLong.of(value.multiply(BigDecimal.valueOf(1L << 30)).longValue());
    }

    /** A switch that is looked at before there are {@link Flags}. */
    boolean isOn(String flag) {
        Given value = given.get(flag);
        return value != null && isOn(flag, value.value());
    }

    boolean isOn(String flag, String text) {
        if (text == null) {
            return false;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes" -> true;
            case "false", "0", "no" -> false;
            default -> {
                mistake(flag, "must be true or false, 1 or 0, yes or no, not '" + text + "'");
                yield false;
            }
        };
    }

    String oneOf(String flag, String text, String otherwise, List<String> allowed) {
        if (text == null) {
            return otherwise;
        }
        String value = text.toLowerCase(Locale.ROOT);
        if (!allowed.contains(value)) {
            mistake(flag, "must be one of " + String.join(", ", allowed) + ", not '" + text + "'");
            return otherwise;
        }
        return value;
    }

    /** False, and noted, if the flag is missing or its value is empty. */
    boolean isPresent(String flag, String text) {
        if (text == null) {
            if (!findings.hasMistakeAbout(flag)) {
                findings.mistake(flag + " is missing");
            }
            return false;
        }
        return isNotEmpty(flag, text);
    }

    boolean isNotEmpty(String flag, String text) {
        if (text.isBlank()) {
            mistake(flag, "is empty");
            return false;
        }
        return true;
    }

    /** Notes what is wrong with the value of a flag; the text must not hold a secret. */
    void mistake(String flag, String whatIsWrong) {
        Given from = given.get(flag);
        findings.mistake((from == null ? flag : from.label()) + " " + whatIsWrong);
    }
}
