package ch.tocco.lomigrate.flags;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects everything that is wrong or worth a warning, so that all of it is said in one go. Not thread-safe. */
public final class Mistakes {
    private final List<String> mistakes = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, String> places = new HashMap<>();

    /** From now on mistakes about {@code flag} name this place instead: the variable that its value came from. */
    public void comesFrom(String flag, String place) {
        places.put(flag, place);
    }

    /** Something that keeps the command from starting. Never with a secret in it. */
    public void mistake(String text) {
        mistakes.add(text);
    }

    /** What is wrong with the value of a flag. Never with a secret in it. */
    public void mistake(String flag, String whatIsWrong) {
        mistakes.add(places.getOrDefault(flag, flag) + " " + whatIsWrong);
    }

    /** Something that the user should know and that the command can start with. Never with a secret in it. */
    public void warning(String text) {
        warnings.add(text);
    }

    /** False, and noted, if the flag is missing or its value is empty. */
    boolean isPresent(String flag, String value) {
        if (value == null) {
            // a second mistake about the same flag would only be noise
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
