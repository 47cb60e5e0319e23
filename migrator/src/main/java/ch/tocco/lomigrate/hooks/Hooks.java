package ch.tocco.lomigrate.hooks;

import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Executes the program of {@code --hook} when something happens to a run: one at a time and in order, on a thread of their own, so
 * that the run never waits for one but the first and the last. Thread-safe. For one run.
 */
public final class Hooks implements Breaker.Listener {
    private static final Logger LOG = LogManager.getLogger(Hooks.class);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** An outage has two, so that more have happened long ago. */
    private static final int MOST_WAITING = 64;

    private final Optional<Path> file;
    private final Map<String, String> environment;
    private final Map<String, String> facts;
    private final RunControl control;
    private final Duration longest;

    /** How many wait for a server that is away: one outage is told once. */
    private final Map<String, Integer> away = new HashMap<>();

    private Path program;
    private ThreadPoolExecutor thread;

    /**
     * @param file the program; empty: nothing is told
     * @param environment of this process
     * @param facts what each event says, by name; no secrets
     * @param control of the run; its end kills the first hook, which the run waits for
     */
    public Hooks(Optional<Path> file, Map<String, String> environment, Map<String, String> facts, RunControl control) {
        this(file, environment, facts, control, LONGEST);
    }

    /** The same with another bound. */
    Hooks(
            Optional<Path> file,
            Map<String, String> environment,
            Map<String, String> facts,
            RunControl control,
            Duration longest) {
        this.file = file;
        this.environment = Map.copyOf(environment);
        this.facts = Map.copyOf(facts);
        this.control = control;
        this.longest = longest;
    }

    /** Refuses a file that cannot be executed, or that others can change; executes nothing yet. */
    public void check() throws RefusedException {
        if (file.isPresent()) {
            HookFile.checked(file.get());
        }
    }

    /** The run is about to begin: a hook that fails refuses it. */
    @SuppressWarnings("try") // the registration only kills
    public void start() throws RefusedException, InterruptedException {
        if (file.isEmpty()) {
            return;
        }
        program = HookFile.checked(file.get());
        var hook = new HookProcess(environment, longest);
        Optional<String> wrong;
        try (RunEnd.Registration killing = control.onEnd(hook::cancel)) {
            wrong = hook.execute(program, values("start", Map.of()));
        }
        if (wrong.isPresent()) {
            throw new RefusedException("--hook " + file.get() + " " + wrong.get() + ", so the run does not begin");
        }
        synchronized (this) {
            thread = new ThreadPoolExecutor(
                    1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), Hooks::daemon, this::leftOut);
        }
        control.listener(this);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "hooks");
        thread.setDaemon(true);
        return thread;
    }

    private void leftOut(Runnable hook, ThreadPoolExecutor of) {
        LOG.warn("--hook {} is not told of an event: it has not dealt with {} others yet", file.get(), MOST_WAITING);
    }

    @Override
    public synchronized void away(String server, String cause) {
        if (away.merge(server, 1, Integer::sum) == 1) {
            tell("outage", Map.of("SERVER", server, "CAUSE", cause));
        }
    }

    @Override
    public synchronized void back(String server) {
        if (away.merge(server, -1, Integer::sum) == 0) {
            tell("back", Map.of("SERVER", server));
        }
    }

    /**
     * The run has ended: waits for the hook that says so, and for those before it. Does nothing if the run has not begun.
     *
     * @param outcome one of the words that the manual lists
     * @param message in one line
     */
    public void end(String outcome, String message) throws InterruptedException {
        ThreadPoolExecutor telling;
        synchronized (this) {
            telling = thread;
            if (telling == null) {
                return;
            }
            telling.getQueue().clear(); // what is over now matters no more
            tell("end", Map.of("OUTCOME", outcome, "MESSAGE", message));
            telling.shutdown();
        }
        telling.awaitTermination(3 * longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** On the hooks' thread. */
    private void tell(String name, Map<String, String> more) {
        CompletableFuture<Void> unused = CompletableFuture.runAsync(() -> execute(name, more), thread);
    }

    private void execute(String name, Map<String, String> more) {
        try {
            new HookProcess(environment, longest)
                    .execute(HookFile.checked(program), values(name, more))
                    .ifPresent(wrong -> LOG.warn("--hook {} at the event {}: it {}", file.get(), name, wrong));
        } catch (RefusedException changed) {
            LOG.warn("the hook is not executed any more: {}", changed.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, String> values(String name, Map<String, String> more) {
        Map<String, String> values = new HashMap<>(facts);
        values.putAll(more);
        values.put("NAME", name);
        values.put("PID", Long.toString(ProcessHandle.current().pid()));
        return values;
    }
}
