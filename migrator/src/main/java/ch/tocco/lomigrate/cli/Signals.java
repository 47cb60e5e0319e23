package ch.tocco.lomigrate.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Handles SIGINT, SIGTERM and SIGHUP: the first signal asks the run to stop, a second SIGINT or SIGTERM ends the process at
 * once. A signal that arrives while the JVM runs its shutdown hooks would be ignored, so hooks are not used.
 *
 * <p>SIGHUP, sent when the terminal is closed, stops the run cleanly like SIGTERM but never counts as the second signal,
 * because shell and kernel may both send it. A signal that was ignored when the process started, as SIGHUP is under
 * {@code nohup}, stays ignored. Thread-safe.
 */
final class Signals {
    private final Runnable stop;
    private final Consumer<String> say;
    private final IntConsumer halt;
    private ExitCode first;

    /**
     * @param stop asks the run to end, without waiting for it
     * @param say shows a line to the user
     * @param halt ends the process at once, with an exit code
     */
    Signals(Runnable stop, Consumer<String> say, IntConsumer halt) {
        this.stop = stop;
        this.say = say;
        this.halt = halt;
    }

    /** Takes over the signals; if the JVM does not allow it, tells the user and leaves the signals as they are. */
    void install() {
        try {
            for (String name : new String[] {"INT", "TERM", "HUP"}) {
                handle(name);
            }
        } catch (ReflectiveOperationException | LinkageError e) {
            say.accept("note: this JVM does not hand over signals; Ctrl-C ends the run at once");
        }
    }

    /** The exit code of the first signal, if there was one. */
    synchronized Optional<ExitCode> received() {
        return Optional.ofNullable(first);
    }

    /** Handles a signal, named without SIG. */
    void receive(String name) {
        ExitCode code = name.equals("INT") ? ExitCode.INTERRUPTED : ExitCode.TERMINATED;
        synchronized (this) {
            if (first != null) {
                if (!name.equals("HUP")) {
                    halt.accept(code.number());
                }
                return;
            }
            first = code;
        }
        // first of all: a terminal that blocks must not delay the stop
        stop.run();
        say.accept("stopping after SIG" + name + ": the run commits what is stored"
                + " (a second signal ends it at once)");
    }

    /** By reflection: {@code sun.misc} is supported but warns at compile time, which cannot be silenced. */
    private void handle(String name) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object receiver = Proxy.newProxyInstance(
                Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                    if (method.getName().equals("handle")) {
                        receive(name);
                        return null;
                    }
                    return objectMethod(self, method, arguments);
                });
        try {
            Object wanted = signal.getConstructor(String.class).newInstance(name);
            signal.getMethod("handle", signal, handler).invoke(null, wanted, receiver);
        } catch (InvocationTargetException e) {
            // started with -Xrs, or a system without this signal: go on with the others
            say.accept("note: SIG" + name + " is not handled by this JVM");
        }
    }

    private static Object objectMethod(Object self, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> self == arguments[0];
            case "hashCode" -> System.identityHashCode(self);
            default -> "lo-migrate signal handler";
        };
    }
}
