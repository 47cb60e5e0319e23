package ch.tocco.lomigrate.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Short names of zones and the full ones. */
final class DriverTimeZoneTest {
    @ParameterizedTest
    @CsvSource({"JST, Asia/Tokyo", "PST, America/Los_Angeles", "IST, Asia/Kolkata"})
    void shortNameHasAFullOneOfTheSameZone(String id, String full) {
        assertThat(DriverTimeZone.fullName(id)).contains(full);
        assertThat(TimeZone.getTimeZone(full).getOffset(Instant.now().toEpochMilli()))
                .isEqualTo(TimeZone.getTimeZone(id).getOffset(Instant.now().toEpochMilli()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "GMT", "GMT+02:00", "Europe/Zurich", "CET", "EET", "nonsense", ""})
    void otherZonesStayAsTheyAre(String id) {
        assertThat(DriverTimeZone.fullName(id)).isEmpty();
    }

    @Test
    @SuppressWarnings("ThreeLetterTimeZoneID") // such a name is what it is about
    void defaultZoneIsReplacedByItself() {
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("JST"));
            DriverTimeZone.useFullName();
            assertThat(TimeZone.getDefault().getID()).isEqualTo("Asia/Tokyo");
        } finally {
            TimeZone.setDefault(before);
        }
    }
}
