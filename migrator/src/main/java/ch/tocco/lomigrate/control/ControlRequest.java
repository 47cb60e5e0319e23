package ch.tocco.lomigrate.control;

import static java.util.Objects.requireNonNull;

import ch.tocco.lomigrate.pacing.SteeringConfig.Places;
import java.util.OptionalLong;

/**
 * What a user asks of runs.
 *
 * @param process id of the run; empty: the only one, or {@code all}
 * @param all every run of this user
 * @param words what is asked, in one line
 * @param places where the runs' sockets may be
 */
public record ControlRequest(OptionalLong process, boolean all, String words, Places places) {
    public ControlRequest {
        requireNonNull(process);
        requireNonNull(words);
        requireNonNull(places);
    }
}
