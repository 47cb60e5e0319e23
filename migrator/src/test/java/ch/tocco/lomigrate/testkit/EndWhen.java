package ch.tocco.lomigrate.testkit;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import java.util.function.BooleanSupplier;

/**
 * An end that comes when something else has happened, as only a caller that asks finds out. It wakes no thread that waits.
 *
 * @param happened may also throw, for a test of what comes of that
 */
public record EndWhen(BooleanSupplier happened) implements RunEnd {
    @Override
    public boolean ended() {
        return happened.getAsBoolean();
    }

    @Override
    public Registration onEnd(Runnable listener) {
        return () -> {};
    }
}
