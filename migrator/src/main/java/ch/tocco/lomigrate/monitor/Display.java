package ch.tocco.lomigrate.monitor;

import ch.tocco.lomigrate.config.RunConfig.DisplayMode;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * Shows the progress: block after block in a log, or on a terminal in place, as large as the terminal allows at that moment.
 * No line is wider than the terminal. Uses no colours. Thread-safe.
 */
public final class Display {
    private static final String NO_WRAP = "\033[?7l";
    private static final String WRAP = "\033[?7h";
    private static final String ERASE_BELOW = "\033[J";

    private final PrintStream out;
    private final DisplayMode mode;

    /** Null without one. */
    private final Terminal terminal;

    /** Lines that are to be replaced by the next ones. */
    private int shownLines;

    /** What these lines are; null while there are none. */
    private Frame shown;

    /** True while a line of standard error is begun and not ended. */
    private boolean midLine;

    /** What to show again at the end of that line; null: nothing. */
    private Frame held;

    private Display(PrintStream out, DisplayMode mode, Terminal terminal) {
        this.out = out;
        this.mode = mode;
        this.terminal = terminal;
    }

    /** Makes a display that shows nothing yet, and is to show block after block. */
    public static Display plain(PrintStream out) {
        return new Display(out, DisplayMode.PLAIN, null);
    }

    /** Makes a display that shows nothing yet; {@code out} goes to the terminal of this process unless the mode is plain. */
    public static Display of(PrintStream out, DisplayMode mode) {
        return mode == DisplayMode.PLAIN ? plain(out) : on(Terminal.ofThisProcess(), out, mode);
    }

    /** Makes a display that shows nothing yet; {@code out} goes to the terminal. */
    static Display on(Terminal terminal, PrintStream out, DisplayMode mode) {
        return new Display(out, mode, terminal);
    }

    /** From now on, shows standard error {@link #above} the progress. */
    public void takeStandardError() {
        System.setErr(above(System.err));
    }

    /** Shows the progress in place of what was shown last. */
    synchronized void show(Frame frame) {
        endLine();
        erase();
        draw(frame);
    }

    /** Shows a block of whole lines that nothing replaces. */
    synchronized void keep(String block) {
        endLine();
        erase();
        out.print(
                terminal == null
                        ? "\n" + block
                        : Columns.wrapLines(block, terminal.size().columns()));
        out.flush();
    }

    /**
     * Returns a stream that writes to {@code other}, on the same terminal, above the progress. Without a terminal returns
     * {@code other} itself.
     */
    public PrintStream above(PrintStream other) {
        if (terminal == null) {
            return other;
        }
        OutputStream between = new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                writeAbove(other, bytes, offset, length);
            }
        };
        return new PrintStream(between, true, Charset.defaultCharset());
    }

    private synchronized void writeAbove(PrintStream other, byte[] bytes, int offset, int length) {
        if (length == 0) {
            return;
        }
        if (shown != null) {
            held = shown;
        }
        erase();
        other.write(bytes, offset, length);
        other.flush();
        midLine = bytes[offset + length - 1] != '\n';
        // In the middle of a line the block must wait, or the rest of the line would appear below it.
        if (!midLine && held != null) {
            draw(held);
            held = null;
        }
    }

    /** Ends an unfinished line, so that a new block neither waits for its end nor overwrites it. */
    private void endLine() {
        if (midLine) {
            out.print('\n');
            midLine = false;
        }
        held = null;
    }

    private void draw(Frame frame) {
        if (terminal == null) {
            out.print("\n" + frame.block());
            out.flush();
            return;
        }
        Terminal.Size size = terminal.size();
        String line = frame.line().text(size.columns(), terminal.unicode()) + '\n';
        String both = Columns.cutLines(line + frame.block(), size.columns());
        boolean fits = lines(both) < size.rows(); // the cursor stands in a row of its own
        if (mode == DisplayMode.BLOCK && !fits) {
            out.print("\n" + both);
        } else {
            String inPlace = mode == DisplayMode.LINE || !fits ? line : both;
            out.print(NO_WRAP + inPlace + WRAP);
            shown = frame;
            shownLines = lines(inPlace);
        }
        out.flush();
    }

    private static int lines(String text) {
        return (int) text.chars().filter(c -> c == '\n').count();
    }

    private void erase() {
        if (shown != null) {
            out.print("\033[" + shownLines + "F" + ERASE_BELOW);
            out.flush();
            shown = null;
        }
    }
}
