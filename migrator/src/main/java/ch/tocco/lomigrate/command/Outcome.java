package ch.tocco.lomigrate.command;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param kind which of the documented ends it was
 * @param message one or more lines for the user, without stack trace and secret; empty if there is nothing to say
 * @param cause the error behind the message, for {@code --debug}
 */
public record Outcome(Kind kind, String message, Optional<Throwable> cause) {
    /** The ends of a run, each with an exit code of its own in the command line tool. */
    public enum Kind {
        /** Nothing failed, and only rows that were inserted or changed during the run are pending. */
        ALL_MIGRATED,
        /** The run came to its end, but objects failed and are still pending. */
        OBJECTS_FAILED,
        /** Preflight or finalize refused. */
        REFUSED,
        /** The run could not go on. */
        ABORTED,
        /** A server stayed away for longer than {@code --outage-timeout}. */
        OUTAGE,
        /** A limit was reached that the user has set, and rows are pending. */
        LIMIT,
        /** Production was under critical load. */
        OVERLOAD,
        /** Stopped by {@link Task#stop}. */
        STOPPED;

        /** As scripts and hooks know it, such as {@code all-migrated}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public Outcome {
        requireNonNull(kind);
        requireNonNull(message);
        requireNonNull(cause);
    }

    public Outcome(Kind kind, String message) {
        this(kind, message, Optional.empty());
    }

    Outcome(Kind kind, String message, Throwable cause) {
        this(kind, message, Optional.of(cause));
    }
}
