package ch.tocco.lomigrate.cli;

import java.util.ArrayList;
import java.util.List;

/** Collects everything that is wrong or worth a warning, so that all of it is said in one go. Not thread-safe. */
final class Findings {
    private final List<String> mistakes = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /** Something that keeps the run from starting. Never with a secret in it. */
    void mistake(String text) {
        mistakes.add(text);
    }

    /** Something that the user should know and that the run can start with. Never with a secret in it. */
    void warning(String text) {
        warnings.add(text);
    }

    /** Whether a mistake begins with this name, so that a second one about the same flag would only be noise. */
    boolean hasMistakeAbout(String name) {
        return mistakes.stream().anyMatch(mistake -> mistake.startsWith(name + " "));
    }

    List<String> mistakes() {
        return List.copyOf(mistakes);
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }
}
