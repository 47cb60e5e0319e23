package ch.tocco.lomigrate.values;

import com.beust.jcommander.IStringConverter;
import com.beust.jcommander.ParameterException;
import java.util.List;
import java.util.regex.Pattern;

/** Converters for values of flags that say how a store keeps objects; see {@link Converters}. */
public final class StoreValues {
    private StoreValues() {}

    /** A name that can be the value of a header: stores other than Amazon's have names of their own. */
    public static final class StorageClass implements IStringConverter<String> {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");

        @Override
        public String convert(String text) {
            if (!NAME.matcher(text).matches()) {
                throw new ParameterException("is no name of a storage class: '" + text + "'");
            }
            return text;
        }
    }

    /** What S3 can encrypt with by itself. */
    public static final class Sse implements IStringConverter<String> {
        private static final List<String> ALGORITHMS = List.of("AES256", "aws:kms", "aws:kms:dsse");

        @Override
        public String convert(String text) {
            return ALGORITHMS.stream()
                    .filter(text::equalsIgnoreCase)
                    .findFirst()
                    .orElseThrow(() -> new ParameterException(
                            "must be one of " + String.join(", ", ALGORITHMS) + ", not '" + text + "'"));
        }
    }

    /** The id, alias or ARN of a key in a key service: visible characters. */
    public static final class KmsKey implements IStringConverter<String> {
        private static final Pattern KEY = Pattern.compile("[!-~]{1,2048}");

        @Override
        public String convert(String text) {
            if (!KEY.matcher(text).matches()) {
                throw new ParameterException("is no id of a key: '" + text + "'");
            }
            return text;
        }
    }
}
