package ch.tocco.lomigrate.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

/** What a terminal and what a log file get, byte by byte; both streams end in the same place, as on a terminal. */
final class DisplayTest {
    private static final String TWO_UP = "\033[2F\033[J";

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(screen, false, UTF_8);
    private final PrintStream err = new PrintStream(screen, false, UTF_8);

    @Test
    void logGetsBlockAfterBlock() {
        Display display = new Display(out, false);
        display.show("a\nb\n");
        display.show("c\n");
        display.keep("d\n");
        assertThat(written()).isEqualTo("\na\nb\n\nc\n\nd\n");
    }

    @Test
    void logLinesAreNotTouchedWithoutATerminal() {
        assertThat(new Display(out, false).above(err)).isSameAs(err);
    }

    @Test
    void terminalShowsEachBlockInPlaceOfTheOneBefore() {
        Display display = new Display(out, true);
        display.show("a\nb\n");
        assertThat(written()).isEqualTo(drawn("a\nb\n"));
        display.show("c\n");
        assertThat(written()).isEqualTo(TWO_UP + drawn("c\n"));
    }

    @Test
    void keptBlockIsNotErased() {
        Display display = new Display(out, true);
        display.show("a\nb\n");
        display.keep("final\n");
        display.show("next\n");
        assertThat(written()).isEqualTo(drawn("a\nb\n") + TWO_UP + drawn("final\n") + drawn("next\n"));
    }

    @Test
    void logLinesScrollByAboveTheBlock() {
        Display display = new Display(out, true);
        PrintStream log = display.above(err);
        log.print("early\n");
        assertThat(written()).as("no block yet").isEqualTo("early\n");
        display.show("a\nb\n");
        written();
        log.print("line\n");
        assertThat(written()).isEqualTo(TWO_UP + "line\n" + drawn("a\nb\n"));
        log.write('x');
        log.write('\n');
        log.flush();
        assertThat(written()).isEqualTo(TWO_UP + "x\n" + drawn("a\nb\n"));
    }

    @Test
    void blockWaitsForTheEndOfALine() {
        Display display = new Display(out, true);
        PrintStream log = display.above(err);
        display.show("a\nb\n");
        written();
        log.print("begun, ");
        assertThat(written()).isEqualTo(TWO_UP + "begun, ");
        log.print("goes on, ");
        log.print("ended\n");
        assertThat(written()).isEqualTo("goes on, ended\n" + drawn("a\nb\n"));
    }

    @Test
    void newBlockDoesNotOverwriteALineThatIsNotEnded() {
        Display display = new Display(out, true);
        PrintStream log = display.above(err);
        display.show("a\nb\n");
        log.print("begun");
        written();
        display.show("c\nd\n");
        assertThat(written()).isEqualTo("\n" + drawn("c\nd\n"));
        log.print(", ended\n");
        assertThat(written()).isEqualTo(TWO_UP + ", ended\n" + drawn("c\nd\n"));
    }

    @Test
    void nothingOfTheBlockComesBackAfterTheFinalOne() {
        Display display = new Display(out, true);
        PrintStream log = display.above(err);
        display.show("a\nb\n");
        display.keep("final\n");
        written();
        log.print("afterwards\n");
        assertThat(written()).isEqualTo("afterwards\n");
    }

    @Test
    void textBeyondAsciiPassesUnchanged() {
        Display display = new Display(out, true);
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
