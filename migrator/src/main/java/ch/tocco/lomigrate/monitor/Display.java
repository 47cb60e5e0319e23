package ch.tocco.lomigrate.monitor;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * Shows the progress: block after block in a log, or on a terminal in place of the block before. Thread-safe.
 */
public final class Display {
    private static final String NO_WRAP = "\033[?7l";
    private static final String WRAP = "\033[?7h";
    private static final String ERASE_BELOW = "\033[J";

    private final PrintStream out;
    private final boolean live;
    private String shown = "";

    /** True while a line of standard error is begun and not ended. */
    private boolean midLine;

    /** The block to show again at the end of that line. */
    private String held = "";

    /**
     * Makes a display that shows nothing yet.
     *
     * @param live {@code out} is a terminal
     */
    public Display(PrintStream out, boolean live) {
        this.out = out;
        this.live = live;
    }

    /** From now on, shows standard error {@link #above} the block. */
    public void takeStandardError() {
        System.setErr(above(System.err));
    }

    /** Shows a block of whole lines. */
    synchronized void show(String block) {
        endLine();
        erase();
        draw(block);
        shown = live ? block : "";
    }

    /** Shows a block that later blocks do not replace. */
    synchronized void keep(String block) {
        endLine();
        erase();
        draw(block);
        shown = "";
    }

    /**
     * Returns a stream that writes to {@code other}, on the same terminal, above the block. Without a terminal returns
     * {@code other} itself.
     */
    public PrintStream above(PrintStream other) {
        if (!live) {
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
        if (!shown.isEmpty()) {
            held = shown;
        }
        erase();
        other.write(bytes, offset, length);
        other.flush();
        midLine = bytes[offset + length - 1] != '\n';
        // In the middle of a line the block must wait, or the rest of the line would appear below it.
        if (!midLine && !held.isEmpty()) {
            draw(held);
            shown = held;
            held = "";
        }
    }

    /** Ends an unfinished line, so that a new block neither waits for its end nor overwrites it. */
    private void endLine() {
        if (midLine) {
            out.print('\n');
            midLine = false;
        }
        held = "";
    }

    private void draw(String block) {
        out.print(live ? NO_WRAP + block + WRAP : "\n" + block);
        out.flush();
    }

    private void erase() {
        if (!shown.isEmpty()) {
            long lines = shown.chars().filter(c -> c == '\n').count();
            out.print("\033[" + lines + "F" + ERASE_BELOW);
            out.flush();
            shown = "";
        }
    }
}
