package ch.tocco.lomigrate.control;

import java.util.List;
import java.util.Optional;

/** A run as those see it who steer it. Thread-safe. */
public interface Steered {
    /** How far it is, in lines; empty as long as there is nothing to say. */
    String status();

    /**
     * Begins nothing new until {@link #resume}.
     *
     * @param reason for the user, in one line
     */
    void pause(String reason);

    /** Takes back {@link #pause}. */
    void resume();

    /** Why it is paused all the same, in one line. */
    Optional<String> waiting();

    /** Ends it as a signal does. */
    void stop();

    /** What may be changed. */
    List<Setting> settings();
}
