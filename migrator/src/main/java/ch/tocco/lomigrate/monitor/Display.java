package ch.tocco.lomigrate.monitor;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * Where the progress goes: block after block into a log, or on a terminal in place of the block before. Thread-safe.
 */
public final class Display {
    private static final String NO_WRAP = "\033[?7l";
    private static final String WRAP = "\033[?7h";
    private static final String ERASE_BELOW = "\033[J";

    private final PrintStream out;
    private final boolean live;
    private String shown = "";

    /**
     * Makes a display that shows nothing yet.
     *
     * @param live {@code out} is a terminal
     */
    public Display(PrintStream out, boolean live) {
        this.out = out;
        this.live = live;
    }

    /** Shows a block of whole lines. */
    synchronized void show(String block) {
        erase();
        draw(block);
        shown = live ? block : "";
    }

    /** Shows a block that stays, whatever is shown after it. */
    synchronized void keep(String block) {
        erase();
        draw(block);
        shown = "";
    }

    /**
     * A stream that writes to {@code other} what goes to the same terminal, so that it scrolls by above the block.
     * Without a terminal that is {@code other} itself.
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
        String block = shown;
        erase();
        other.write(bytes, offset, length);
        other.flush();
        // In the middle of a line the block must wait, or the rest of the line would land below it.
        if (length > 0 && bytes[offset + length - 1] == '\n' && !block.isEmpty()) {
            draw(block);
            shown = block;
        }
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
