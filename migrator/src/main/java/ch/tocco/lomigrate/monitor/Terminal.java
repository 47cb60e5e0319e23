package ch.tocco.lomigrate.monitor;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The terminal that the progress goes to. Java 17 cannot ask for its size: the launcher says the first one, and {@code stty}
 * is asked again only after the signal that the size has changed, so no draw costs a process. A library that asks the
 * system itself (JLine) would add more than a megabyte of native code. Thread-safe.
 */
public final class Terminal {
    private static final Logger LOG = LogManager.getLogger(Terminal.class);

    /** As the launcher says it: rows, x, columns. */
    private static final String SIZE_PROPERTY = "lo.migrate.size";

    private static final String UNICODE_PROPERTY = "lo.migrate.unicode";

    /** Where nothing is known; every terminal has as much. */
    private static final Size USUAL = new Size(24, 80);

    private static final Pattern NUMBERS = Pattern.compile("([0-9]{1,5})[ x]([0-9]{1,5})");
    private static final long PATIENCE_SECONDS = 2;

    private final Supplier<Optional<Size>> ask;
    private final boolean unicode;
    private final AtomicBoolean changed = new AtomicBoolean();
    private volatile Size size;

    /**
     * How large a terminal is.
     *
     * @param rows lines, at least 1
     * @param columns characters of a line, at least 1
     */
    record Size(int rows, int columns) {
        /** Two numbers that are given as text; empty: they are none, or 0, as where no terminal is. */
        static Optional<Size> of(String text) {
            Matcher numbers = NUMBERS.matcher(text.strip());
            if (!numbers.matches()) {
                return Optional.empty();
            }
            Size size = new Size(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)));
            return size.rows > 0 && size.columns > 0 ? Optional.of(size) : Optional.empty();
        }
    }

    /**
     * A terminal of a known size.
     *
     * @param ask for the size after a change; empty: it cannot be told
     */
    Terminal(Size size, boolean unicode, Supplier<Optional<Size>> ask) {
        this.size = size;
        this.unicode = unicode;
        this.ask = ask;
    }

    /** The one that the launcher has found. */
    public static Terminal ofThisProcess() {
        Terminal terminal = new Terminal(
                Size.of(System.getProperty(SIZE_PROPERTY, "")).orElse(USUAL),
                Boolean.getBoolean(UNICODE_PROPERTY),
                Terminal::askStty);
        terminal.listenForChanges();
        return terminal;
    }

    /** Its size now. */
    Size size() {
        if (changed.getAndSet(false)) {
            ask.get().ifPresent(now -> size = now);
        }
        return size;
    }

    /** Whether it shows more than ASCII. */
    boolean unicode() {
        return unicode;
    }

    /** The size may be another one from now on. */
    void changed() {
        changed.set(true);
    }

    /** By reflection: {@code sun.misc} is supported but warns at compile time, which cannot be silenced. */
    private void listenForChanges() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object listener = Proxy.newProxyInstance(
                    Terminal.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            changed();
                        }
                        return switch (method.getName()) {
                            case "equals" -> self == arguments[0];
                            case "hashCode" -> System.identityHashCode(self);
                            case "toString" -> "listener for changes of the terminal's size";
                            default -> null;
                        };
                    });
            Object wanted = signal.getConstructor(String.class).newInstance("WINCH");
            signal.getMethod("handle", signal, handler).invoke(null, wanted, listener);
        } catch (ReflectiveOperationException e) {
            LOG.debug("a change of the terminal's size is not noticed: {}", e.toString());
        }
    }

    private static Optional<Size> askStty() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                stty.destroyForcibly();
                return Optional.empty();
            }
            return Size.of(new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.debug("the terminal's size cannot be asked for: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }
}
