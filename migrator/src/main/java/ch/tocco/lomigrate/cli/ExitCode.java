package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.command.Outcome;

/** The documented exit codes. They are an interface: scripts depend on the numbers. */
enum ExitCode {
    ALL_MIGRATED(0, "all migrated: nothing failed, nothing is pending but rows inserted or changed during the run"),
    OBJECTS_FAILED(1, "completed, but objects failed; they are still pending"),
    USAGE(2, "usage: nothing was started"),
    REFUSED(3, "preflight, finalize or control refused"),
    ABORTED(4, "run aborted: it could not go on"),
    OUTAGE(5, "a server was away, the spill directory full or the table locked, for too long"),
    LIMIT(10, "a limit was reached, rows are still pending; run it again to continue"),
    OVERLOAD(11, "--critical-load was exceeded; run it again once production is calm"),
    INTERRUPTED(130, "stopped by SIGINT (Ctrl-C); run it again to continue"),
    TERMINATED(143, "stopped by SIGTERM, SIGHUP or control; run it again to continue");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    /** The meaning of the number, in a line for the help. */
    String meaning() {
        return meaning;
    }

    /** The code of a run that got no signal. */
    static ExitCode of(Outcome.Kind kind) {
        return switch (kind) {
            case ALL_MIGRATED -> ALL_MIGRATED;
            case OBJECTS_FAILED -> OBJECTS_FAILED;
            case REFUSED -> REFUSED;
            case ABORTED -> ABORTED;
            case OUTAGE -> OUTAGE;
            case LIMIT -> LIMIT;
            case OVERLOAD -> OVERLOAD;
            case STOPPED -> TERMINATED;
        };
    }

    /**
     * The code of a run that got a signal. The signal wins if the run ended early because of it, or has failed objects. It
     * loses if the run had nothing left to do, or broke.
     */
    static ExitCode afterSignal(ExitCode signal, Outcome.Kind kind) {
        return switch (kind) {
            case STOPPED, OBJECTS_FAILED, LIMIT -> signal;
            case ALL_MIGRATED, REFUSED, ABORTED, OUTAGE, OVERLOAD -> of(kind);
        };
    }
}
