package ch.tocco.lomigrate.flags;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects all mistakes and warnings, so that the user sees them at once. Not thread-safe. */
public final class Mistakes {
    private final List<String> mistakes = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, String> places = new HashMap<>();

    /** From now on mistakes about {@code flag} name this place instead, such as the variable with its value. */
    public void comesFrom(String flag, String place) {
        places.put(flag, place);
    }

    /** Notes a mistake, which keeps the command from starting. The text has no secret. */
    public void mistake(String text) {
        mistakes.add(text);
    }

    /** Notes what is wrong with the value of a flag. The text has no secret. */
    public void mistake(String flag, String whatIsWrong) {
        mistakes.add(places.getOrDefault(flag, flag) + " " + whatIsWrong);
    }

    /** Notes a warning, with which the command can start. The text has no secret. */
    public void warning(String text) {
        warnings.add(text);
    }

    /** If the flag is missing or its value is empty, notes that and returns false. */
    boolean isPresent(String flag, String value) {
        if (value == null) {
            // one mistake about a flag is enough
            if (mistakes.stream().noneMatch(mistake -> mistake.startsWith(flag + " "))) {
                mistakes.add(flag + " is missing");
            }
            return false;
        }
        return isNotBlank(flag, value);
    }

    boolean isNotBlank(String flag, String value) {
        if (value.isBlank()) {
            mistake(flag, "is empty");
            return false;
        }
        return true;
    }

    public List<String> mistakes() {
        return List.copyOf(mistakes);
    }

    public List<String> warnings() {
        return List.copyOf(warnings);
    }
}
