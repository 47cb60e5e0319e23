package ch.tocco.lomigrate.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tool reads its own placeholders in an expression and leaves all else to PostgreSQL. */
final class SqlTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                ":key ~ K",
                "'s3://' || :bucket || '/' || :key ~ 's3://' || :bucket || '/' || K",
                "t.a::key ~ t.a::key",
                "':key' || \":key\" ~ ':key' || \":key\"",
                ":keys ~ :keys",
                "a[1:2] ~ a[1:2]",
                "t.j ? 'a?b' ~ t.j ?? 'a?b'",
                "'open :key ~ 'open :key",
                "'it''s' || :key ~ 'it''s' || K",
            })
    void onlyNamesAreReplaced(String text, String expected) {
        assertThat(SqlText.prepared(text, Map.of("key", "K"))).isEqualTo(expected);
    }
}
