package ch.tocco.lomigrate.flags;

/** The headings of the help, in its order; each flag names the one it stands under. */
public final class Headings {
    public static final String SOURCE = "Source database";
    public static final String TARGET = "Target store";
    public static final String PIPELINE = "Pipeline and budgets";
    public static final String RUN = "Run";
    public static final String FAULTS = "Faults and outages";
    public static final String WATCH = "Watching a run";
    public static final String THROTTLE = "Gentle on production";
    public static final String DISCOVERY = "Discovery";
    public static final String OBJECTS = "How the store keeps objects";
    public static final String ROWS = "Other sources than the table of Tocco";

    public static final String RARE = "Rarely needed";

    /** Flags that show something and do nothing else. */
    public static final String OTHER = "Other";

    private Headings() {}
}
