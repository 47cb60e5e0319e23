package ch.tocco.lomigrate.flags;

import ch.tocco.lomigrate.values.Converters;
import com.beust.jcommander.IStringConverter;
import com.beust.jcommander.ParameterDescription;
import java.util.Optional;

/** Writes the value of a flag's field as on the command line. */
public final class FlagText {
    private FlagText() {}

    /** The value, without its unit; empty if the field is null. */
    public static Optional<String> of(ParameterDescription flag) {
        return Optional.ofNullable(flag.getParameterized().get(flag.getObject()))
                .map(value -> text(flag, value));
    }

    @SuppressWarnings("unchecked") // the converter made the value, or could have made the default
    private static String text(ParameterDescription flag, Object value) {
        Class<? extends IStringConverter<?>> converter =
                flag.getParameterAnnotation().converter();
        if (!Converters.Written.class.isAssignableFrom(converter)) {
            return value.toString();
        }
        try {
            return ((Converters.Written<Object>)
                            converter.getDeclaredConstructor().newInstance())
                    .text(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(converter + " has no constructor without parameters", e);
        }
    }
}
