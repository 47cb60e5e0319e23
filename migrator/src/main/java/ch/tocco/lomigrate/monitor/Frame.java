package ch.tocco.lomigrate.monitor;

/**
 * What the display shows at one moment, drawn anew for each size of the terminal.
 *
 * @param line the run at a glance
 * @param block all there is to say, whole lines
 */
record Frame(Line line, String block) {
    /** One line of text, without its end. */
    interface Line {
        /**
         * The line for a terminal.
         *
         * @param columns most columns that it may take
         * @param unicode whether the terminal shows more than ASCII
         */
        String text(int columns, boolean unicode);
    }
}
