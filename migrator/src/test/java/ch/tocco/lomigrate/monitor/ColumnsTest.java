package ch.tocco.lomigrate.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Text in columns of a terminal. */
final class ColumnsTest {
    @Test
    void wideCharactersTakeTwoColumnsAndMarksNone() {
        assertThat(Columns.of("a\u00e4")).isEqualTo(2);
        assertThat(Columns.of("\u6f22\u5b57")).isEqualTo(4);
        assertThat(Columns.of("a\u0308")).isEqualTo(1);
        assertThat(Columns.of("\ud83d\ude00")).isEqualTo(2);
        assertThat(Columns.cut("\u6f22\u5b57", 3)).isEqualTo("\u6f22");
    }

    @Test
    void controlCharactersReachNoTerminal() {
        assertThat(Columns.cut("a\033[2Jb\tc", 80)).isEqualTo("a?[2Jb?c");
    }

    @Test
    void longLinesAreBrokenAndLoseNothing() {
        assertThat(Columns.wrapLines("abcdef\n\ngh\n", 4)).isEqualTo("abcd\nef\n\ngh\n");
        assertThat(Columns.cutLines("abcdef\n\ngh\n", 4)).isEqualTo("abcd\n\ngh\n");
    }

    @Property(tries = 200)
    void whatIsCutFits(@ForAll String text, @ForAll @IntRange(min = 2, max = 120) int columns) {
        assertThat(Columns.of(Columns.cut(text, columns))).isLessThanOrEqualTo(columns);
        assertThat(Columns.wrapLines(text, columns).lines())
                .allSatisfy(line -> assertThat(Columns.of(line)).isLessThanOrEqualTo(columns));
    }
}
