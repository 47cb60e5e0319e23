package ch.tocco.lomigrate.references;

/**
 * A text out of a database as people see it in a report or log: whatever breaks a line, moves a cursor or turns the
 * direction of writing is written as its number, so that no name can pretend to be a line of the report.
 */
public record Shown(String text) {
    @Override
    public String toString() {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (isHarmless(c)) {
                shown.appendCodePoint(c);
            } else {
                shown.append("\\u{").append(Integer.toHexString(c)).append('}');
            }
        });
        return shown.toString();
    }

    /** Whether nothing of it had to be written as a number. */
    public boolean isHarmless() {
        return text.codePoints().allMatch(Shown::isHarmless);
    }

    private static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
