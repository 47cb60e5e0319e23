package ch.tocco.lomigrate.storer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the database has as text must be a header that every server and signature takes, and mean the same. */
final class HeaderTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "report.pdf | attachment; filename=\"report.pdf\"",
                "a \"b\" \\c.txt | attachment; filename=\"a \\\"b\\\" \\\\c.txt\"",
                "Zürich.pdf | attachment; filename=\"Z_rich.pdf\"; filename*=UTF-8''Z%C3%BCrich.pdf",
                "a  b.pdf | attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20%20b.pdf",
                "€ 'x'.pdf | attachment; filename=\"_ 'x'.pdf\"; filename*=UTF-8''%E2%82%AC%20%27x%27.pdf",
            },
            quoteCharacter = '`')
    void fileNameIsWrittenAsRfc6266And8187HaveIt(String name, String header) {
        assertThat(HeaderText.disposition(name)).isEqualTo(header);
    }

    @Test
    void noFileNameIsNoHeader() {
        assertThat(HeaderText.disposition(null)).isEmpty();
        assertThat(HeaderText.disposition(" ")).isEmpty();
        assertThat(HeaderText.disposition("a\nb")).doesNotContain("\n").contains("a%0Ab");
    }

    @Test
    void metadataIsAsciiAndLosesNothing() {
        assertThat(HeaderText.ascii(" plain, as it is ")).isEqualTo("plain, as it is");
        assertThat(HeaderText.ascii("50 % Zürich")).isEqualTo("50 %25 Z%C3%BCrich");
        assertThat(HeaderText.ascii("a\r\nx: y")).isEqualTo("a%0D%0Ax: y");
    }
}
