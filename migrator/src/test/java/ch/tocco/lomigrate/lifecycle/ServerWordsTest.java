package ch.tocco.lomigrate.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Whatever a server sends, one harmless line of it is repeated. */
final class ServerWordsTest {
    @Test
    void onlyTheFirstLineIsRepeated() {
        assertThat(ServerWords.firstLine("first\nsecond")).isEqualTo("first");
        assertThat(ServerWords.firstLine("first\r\nsecond")).isEqualTo("first");
        assertThat(ServerWords.firstLine("")).isEmpty();
    }

    @Test
    void controlCharactersAreReplacedAndLettersOfAllLanguagesStay() {
        assertThat(ServerWords.firstLine("a\u001b[2J\u009bb\u0000\u007f\tc")).isEqualTo("a?[2J?b???c");
        assertThat(ServerWords.firstLine("Größe 文書 “x”")).isEqualTo("Größe 文書 “x”");
    }

    @Test
    void allLinesMayBeMadeOne() {
        assertThat(ServerWords.oneLine(" a\r\n  b\tc\u000bd\u0085e\u2028f ")).isEqualTo("a b c d e f");
        assertThat(ServerWords.oneLine("a\u001b[2J\u0000\nb")).isEqualTo("a?[2J? b");
        assertThat(ServerWords.oneLine("x\n".repeat(ServerWords.MAX_LENGTH))).hasSize(ServerWords.MAX_LENGTH + 1);
    }

    @Test
    void longLinesAreCut() {
        String longest = "x".repeat(ServerWords.MAX_LENGTH);
        assertThat(ServerWords.firstLine(longest)).isEqualTo(longest);
        assertThat(ServerWords.firstLine(longest + "y")).isEqualTo(longest + "…");
    }
}
