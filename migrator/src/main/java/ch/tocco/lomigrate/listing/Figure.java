package ch.tocco.lomigrate.listing;

/**
 * An oid or a size as an expression of the listing gives it: parsed once, as each row has two of them. Immutable.
 *
 * @param number the whole number that it is; meaningless where it is none
 * @param isNumber whether it is a whole number that a long holds
 * @param words as PostgreSQL wrote it; null: as Java writes the number
 */
record Figure(long number, boolean isNumber, String words) {
    /** A figure of a column of numbers. */
    static Figure of(long number) {
        return new Figure(number, true, null);
    }

    /**
     * A figure of a column of texts.
     *
     * @param words null where the table has NULL
     * @return null where the table has NULL
     */
    static Figure of(String words) {
        if (words == null) {
            return null;
        }
        try {
            return new Figure(Long.parseLong(words), true, words);
        } catch (NumberFormatException e) {
            return new Figure(0, false, words);
        }
    }

    String text() {
        return words == null ? Long.toString(number) : words;
    }

    /** Whether it is written as PostgreSQL writes a number: no plus sign, no zero in front. */
    boolean isCanonical() {
        return isNumber && (words == null || words.equals(Long.toString(number)));
    }

    /** For messages. */
    @Override
    public String toString() {
        return text();
    }
}
