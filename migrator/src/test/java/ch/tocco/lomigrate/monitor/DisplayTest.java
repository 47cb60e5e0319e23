package ch.tocco.lomigrate.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.config.RunConfig.DisplayMode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a terminal and what a log file get, byte by byte; both streams end in the same place, as on a terminal. */
final class DisplayTest {
    private static final String THREE_UP = "\033[3F\033[J";
    private static final String ONE_UP = "\033[1F\033[J";

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(screen, false, UTF_8);
    private final PrintStream err = new PrintStream(screen, false, UTF_8);
    private Terminal.Size size = new Terminal.Size(36, 80);
    private final Terminal terminal = new Terminal(size, false, () -> Optional.of(size));

    private Display on(DisplayMode mode) {
        return Display.on(terminal, out, mode);
    }

    private static Frame frame(String line, String block) {
        return new Frame((columns, unicode) -> Columns.cut(line, columns), block);
    }

    private void resize(int rows, int columns) {
        size = new Terminal.Size(rows, columns);
        terminal.changed();
    }

    @Test
    void logGetsBlockAfterBlockWithoutTheLine() {
        Display display = Display.plain(out);
        display.show(frame("line", "a\nb\n"));
        display.show(frame("line", "c\n"));
        display.keep("d\n");
        assertThat(written()).isEqualTo("\na\nb\n\nc\n\nd\n");
    }

    @Test
    void logLinesAreNotTouchedWithoutATerminal() {
        assertThat(Display.plain(out).above(err)).isSameAs(err);
        assertThat(Display.of(out, DisplayMode.PLAIN).above(err)).isSameAs(err);
    }

    @ParameterizedTest
    @EnumSource(
            value = DisplayMode.class,
            names = {"AUTO", "BLOCK"})
    void terminalWithRoomShowsLineAndBlockInPlaceOfThoseBefore(DisplayMode mode) {
        Display display = on(mode);
        display.show(frame("line", "a\nb\n"));
        assertThat(written()).isEqualTo(drawn("line\na\nb\n"));
        display.show(frame("line", "c\n"));
        assertThat(written()).isEqualTo(THREE_UP + drawn("line\nc\n"));
    }

    @Test
    void terminalWithFewerRowsThanTheBlockNeedsShowsTheLineAlone() {
        resize(4, 80);
        Display display = on(DisplayMode.AUTO);
        display.show(frame("line", "a\nb\nc\n"));
        assertThat(written()).isEqualTo(drawn("line\n"));
        display.show(frame("next", "a\nb\nc\n"));
        assertThat(written()).isEqualTo(ONE_UP + drawn("next\n"));
        display.show(frame("fits", "a\nb\n"));
        assertThat(written()).isEqualTo(ONE_UP + drawn("fits\na\nb\n"));
    }

    @Test
    void lineAloneIsShownWhereThatIsWanted() {
        Display display = on(DisplayMode.LINE);
        display.show(frame("line", "a\n"));
        assertThat(written()).isEqualTo(drawn("line\n"));
    }

    @Test
    void blockThatIsWantedAndDoesNotFitScrolls() {
        resize(3, 80);
        Display display = on(DisplayMode.BLOCK);
        display.show(frame("line", "a\nb\n"));
        display.show(frame("line", "a\nb\n"));
        assertThat(written()).isEqualTo("\nline\na\nb\n\nline\na\nb\n");
    }

    @Test
    void sizeIsReadAgainForEachDraw() {
        Display display = on(DisplayMode.AUTO);
        display.show(frame("0123456789", "abcdefghij\n"));
        resize(36, 4);
        written();
        display.show(frame("0123456789", "abcdefghij\n"));
        assertThat(written()).isEqualTo("\033[2F\033[J" + drawn("0123\nabcd\n"));
        resize(2, 6);
        display.above(err).print("log\n");
        assertThat(written()).as("also below a line of the log").isEqualTo("\033[2F\033[Jlog\n" + drawn("012345\n"));
    }

    @Test
    void keptBlockIsNotErasedAndNothingOfItIsCutOff() {
        resize(36, 5);
        Display display = on(DisplayMode.AUTO);
        display.show(frame("line", "a\nb\n"));
        display.keep("final stats\n");
        display.show(frame("next", "c\n"));
        assertThat(written()).isEqualTo(drawn("line\na\nb\n") + THREE_UP + "final\n stat\ns\n" + drawn("next\nc\n"));
    }

    @Test
    void logLinesScrollByAboveTheProgress() {
        Display display = on(DisplayMode.AUTO);
        PrintStream log = display.above(err);
        log.print("early\n");
        assertThat(written()).as("no progress yet").isEqualTo("early\n");
        display.show(frame("line", "a\nb\n"));
        written();
        log.print("line\n");
        assertThat(written()).isEqualTo(THREE_UP + "line\n" + drawn("line\na\nb\n"));
        log.write('x');
        log.write('\n');
        log.flush();
        assertThat(written()).isEqualTo(THREE_UP + "x\n" + drawn("line\na\nb\n"));
    }

    @Test
    void progressWaitsForTheEndOfALine() {
        Display display = on(DisplayMode.LINE);
        PrintStream log = display.above(err);
        display.show(frame("line", ""));
        written();
        log.print("begun, ");
        assertThat(written()).isEqualTo(ONE_UP + "begun, ");
        log.print("goes on, ");
        log.print("ended\n");
        assertThat(written()).isEqualTo("goes on, ended\n" + drawn("line\n"));
    }

    @Test
    void newProgressDoesNotOverwriteALineThatIsNotEnded() {
        Display display = on(DisplayMode.LINE);
        PrintStream log = display.above(err);
        display.show(frame("line", ""));
        log.print("begun");
        written();
        display.show(frame("next", ""));
        assertThat(written()).isEqualTo("\n" + drawn("next\n"));
        log.print(", ended\n");
        assertThat(written()).isEqualTo(ONE_UP + ", ended\n" + drawn("next\n"));
    }

    @Test
    void nothingOfTheProgressComesBackAfterTheFinalBlock() {
        Display display = on(DisplayMode.AUTO);
        PrintStream log = display.above(err);
        display.show(frame("line", "a\nb\n"));
        display.keep("final\n");
        written();
        log.print("afterwards\n");
        assertThat(written()).isEqualTo("afterwards\n");
    }

    @Test
    void textBeyondAsciiPassesUnchanged() {
        Display display = on(DisplayMode.AUTO);
        byte[] bytes = "\u00e4\u20ac\n".getBytes(UTF_8);
        display.above(err).write(bytes, 0, bytes.length);
        assertThat(written()).isEqualTo("\u00e4\u20ac\n");
    }

    private static String drawn(String block) {
        return "\033[?7l" + block + "\033[?7h";
    }

    /** What was written since this was asked last. */
    private String written() {
        out.flush();
        err.flush();
        String text = screen.toString(UTF_8);
        screen.reset();
        return text;
    }
}
