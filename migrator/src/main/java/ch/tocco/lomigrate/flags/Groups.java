package ch.tocco.lomigrate.flags;

/** Headings of the help, in its order. */
public final class Groups {
    static final String SOURCE = "Source database";
    static final String TARGET = "Target store";
    static final String PIPELINE = "Pipeline and budgets";
    static final String RUN = "Run";
    static final String FAULTS = "Faults and outages";

    /** What shows something and does nothing else. */
    public static final String OTHER = "Other";

    private Groups() {}
}
