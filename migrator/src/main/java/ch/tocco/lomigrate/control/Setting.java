package ch.tocco.lomigrate.control;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A setting of a run that may be changed while it goes on.
 *
 * @param flag the flag that sets it at the start
 * @param value its value now, as it is given to the flag
 * @param change takes a new value, or throws an {@link IllegalArgumentException} that says what is wrong with it in words that
 *     follow the flag's name
 */
public record Setting(String flag, Supplier<String> value, Consumer<String> change) {}
