package ch.tocco.lomigrate.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.beust.jcommander.ParameterException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a run may be watched, as texts of flags say it. */
final class WatchValuesTest {
    @ParameterizedTest
    @CsvSource({
        "9187, 127.0.0.1:9187",
        "0, 127.0.0.1:0",
        "0.0.0.0:9187, 0.0.0.0:9187",
        "[::]:65535, [::]:65535",
        "db-1.example:80, db-1.example:80"
    })
    void portStandsAloneOrBehindAHost(String text, String address) {
        assertThat(new WatchValues.Listen().convert(text)).hasToString(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "host", ":9187", "host:", "-1", "65536", "::1:9187", "http://host:80", "a b:80", "1:2:3"})
    void otherAddressesAreRefused(String text) {
        assertThatThrownBy(() -> new WatchValues.Listen().convert(text))
                .isInstanceOf(ParameterException.class)
                .hasMessage("must be PORT or HOST:PORT, as in 9187 or [::1]:9187, not '" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "report", "report.HTML", "report.html/", "report.txt"})
    void reportsAreJsonOrHtml(String text) {
        assertThatThrownBy(() -> new WatchValues.ReportFile().convert(text)).isInstanceOf(ParameterException.class);
        assertThat(new WatchValues.ReportFile().convert("a,b.json")).hasToString("a,b.json");
    }
}
