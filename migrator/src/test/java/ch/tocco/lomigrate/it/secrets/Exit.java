package ch.tocco.lomigrate.it.secrets;

import java.util.List;
import java.util.Set;

/**
 * All that leaves the process, one line for each way out. {@link SecretTablesTest} fails where the tool has a flag, a path or a
 * class that writes which is missing here.
 */
@SuppressWarnings("ImmutableEnumChecker") // lambdas that capture nothing, and a copy of a set
enum Exit {
    OUTPUT(When.BOTH, Run::output, "--log-format"),
    PAGE(When.DURING, run -> run.page("/"), "--metrics-addr", "/"),
    STATUS(When.DURING, run -> run.page("/status.json"), "/status.json"),
    HISTORY(When.DURING, run -> run.page("/status.json?history")),
    METRICS(When.DURING, run -> run.page("/metrics"), "/metrics"),
    HEALTH(When.DURING, run -> run.page("/healthz"), "/healthz"),
    NO_PAGE(When.DURING, run -> run.page("/nothing")),
    REPORT_JSON(When.BOTH, run -> run.file("report.json"), "--report"),
    REPORT_HTML(When.BOTH, run -> run.file("report.html")),
    FAILURES(When.AFTER, run -> run.file("failures"), "--failures"),
    HOOK(When.BOTH, run -> run.file("hook.environment"), "--hook"),
    TABLES(When.BOTH, Run::tables, "--state"),
    SESSIONS(When.DURING, Run::sessions),
    PROCESS(When.DURING, Run::commandLine),
    REQUESTS(When.AFTER, Run::requests),
    CONTROL(When.DURING, Run::control, "control"),
    STATUS_COMMAND(When.BOTH, run -> run.command(false, "status", "--table", "f", "--oid", "t.o"), "status"),
    STATUS_AS_JSON(When.BOTH, run -> run.command(false, "status", "--table", "f", "--oid", "t.o", "--json")),
    DISCOVER(When.AFTER, Run::discover, "discover", "--write-profiles"),
    FINALIZE(When.AFTER, run -> run.command(false, "finalize"), "finalize"),
    STATEMENTS(When.AFTER, run -> run.command(true, Run.STATEMENTS), "profiles");

    private final When when;
    private final Look look;
    private final Set<String> covers;

    /** When there is something to look at. */
    enum When {
        /** While the run is paused in its midst. */
        DURING,
        /** Once it has ended, and all sources are done or refused. */
        AFTER,
        /** Then and then. */
        BOTH
    }

    /** What has left by this way so far. */
    @FunctionalInterface
    interface Look {
        String at(Run run) throws Exception;
    }

    /** @param covers the flags, commands and paths whose way out this is */
    Exit(When when, Look look, String... covers) {
        this.when = when;
        this.look = look;
        this.covers = Set.copyOf(List.of(covers));
    }

    boolean isOpen(When now) {
        return when == now || when == When.BOTH;
    }

    String look(Run run) throws Exception {
        return look.at(run);
    }

    Set<String> covers() {
        return covers;
    }
}
