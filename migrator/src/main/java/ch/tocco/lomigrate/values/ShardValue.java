package ch.tocco.lomigrate.values;

import ch.tocco.lomigrate.config.Shard;
import com.beust.jcommander.ParameterException;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A shard as it is written on a command line.
 *
 * @param number from 1; empty: an engine tells it
 * @param count of all shards
 */
public record ShardValue(OptionalInt number, int count) {
    private static final Pattern WRITTEN = Pattern.compile("(auto|[0-9]{1,6})/([0-9]{1,6})");

    @Override
    public String toString() {
        return (number.isPresent() ? Integer.toString(number.getAsInt()) : "auto") + "/" + count;
    }

    /** Takes {@code I/N} and {@code auto/N}. */
    public static final class Converter implements Converters.Written<ShardValue> {
        @Override
        public ShardValue convert(String text) {
            Matcher parts = WRITTEN.matcher(text);
            if (!parts.matches()) {
                throw new ParameterException("must be I/N or auto/N, such as 3/16 or auto/16, not '" + text + "'");
            }
            int count = Integer.parseInt(parts.group(2));
            if (count < 1 || count > Shard.MOST) {
                throw new ParameterException("must have from 1 to " + Shard.MOST + " shards, not " + count);
            }
            if (parts.group(1).equals("auto")) {
                return new ShardValue(OptionalInt.empty(), count);
            }
            int number = Integer.parseInt(parts.group(1));
            if (number < 1 || number > count) {
                throw new ParameterException("must name a shard from 1 to " + count + ", not " + number);
            }
            return new ShardValue(OptionalInt.of(number), count);
        }

        @Override
        public String text(ShardValue value) {
            return value.toString();
        }
    }
}
