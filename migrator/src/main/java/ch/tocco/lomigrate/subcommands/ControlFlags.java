package ch.tocco.lomigrate.subcommands;

import ch.tocco.lomigrate.config.Surroundings;
import ch.tocco.lomigrate.control.ControlRequest;
import ch.tocco.lomigrate.flags.GeneralFlags;
import ch.tocco.lomigrate.flags.Headings;
import ch.tocco.lomigrate.flags.Mistakes;
import ch.tocco.lomigrate.pacing.SteeringConfig.Places;
import ch.tocco.lomigrate.values.Converters;
import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The flags and words of {@code lo-migrate control}. */
@Parameters(
        commandDescription =
                "Steers a migration of this machine while it goes on: shows its status, pauses it, changes its pace, stops"
                        + " it.")
public final class ControlFlags implements CommandFlags {
    private static final Set<String> ALONE = Set.of("status", "pause", "resume", "stop");

    @Parameter(
            names = "--all",
            arity = 1,
            converter = Converters.Switch.class,
            category = Headings.RUN,
            order = 48,
            description = "Ask all migrations of this user, instead of the one with this process id or the only one.")
    boolean all;

    @ParametersDelegate
    private final GeneralFlags general = new GeneralFlags();

    @Override
    public GeneralFlags general() {
        return general;
    }

    /**
     * What is asked of whom; empty only after a mistake was noted.
     *
     * @param words a process id or none, and what is asked
     */
    public Optional<ControlRequest> toRequest(List<String> words, Surroundings surroundings, Mistakes mistakes) {
        Deque<String> rest = new ArrayDeque<>(words);
        OptionalLong process = process(rest);
        if (process.isPresent() && all) {
            mistakes.mistake("--all", "and a process id: give one of them");
        }
        if (!isKnown(rest)) {
            mistakes.mistake(
                    "after control comes status, pause, resume, stop or set FLAG=VALUE, with a process id before it"
                            + " or none");
            return Optional.empty();
        }
        return Optional.of(new ControlRequest(
                process, all, String.join(" ", rest), Places.of(surroundings.environment(), surroundings.temporary())));
    }

    private static OptionalLong process(Deque<String> rest) {
        boolean given = !rest.isEmpty() && rest.getFirst().matches("[0-9]{1,18}");
        return given ? OptionalLong.of(Long.parseLong(rest.removeFirst())) : OptionalLong.empty();
    }

    private static boolean isKnown(Deque<String> rest) {
        if (rest.size() == 1) {
            return ALONE.contains(rest.getFirst());
        }
        String last = rest.isEmpty() ? "" : rest.getLast();
        return rest.size() == 2
                && rest.getFirst().equals("set")
                && last.indexOf('=') > 0
                && last.lines().count() == 1;
    }
}
