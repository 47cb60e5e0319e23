package ch.tocco.lomigrate.ring;

import java.util.function.Consumer;

/**
 * Where a stage's threads tell of what was thrown. Telling throws nothing: a thread that ended here would leave its ring
 * full and its end marker untaken, and the run would never end.
 */
final class ErrorSink {
    private final Consumer<Throwable> onError;

    ErrorSink(Consumer<Throwable> onError) {
        this.onError = onError;
    }

    void tell(Throwable e) {
        try {
            onError.accept(e);
        } catch (Throwable again) {
            // No listener is left to tell.
        }
    }
}
