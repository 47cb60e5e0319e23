package ch.tocco.lomigrate.lifecycle;

/** The three kinds of failure. What a server answered is put into one of them in one place per server. */
public enum FaultKind {
    /** This object cannot be migrated; the run goes on. */
    OBJECT,
    /** May work when tried again. */
    PASSING,
    /** Nothing can be migrated; the run ends. */
    RUN
}
