package ch.tocco.lomigrate.postgres;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A class of the driver that is renamed would be loaded late again, without a word. */
final class PreloadedDriverTest {
    static final Iterable<String> NAMES = PgConnections.DRIVER;

    @ParameterizedTest
    @FieldSource("NAMES")
    void classIsInTheDriver(String name) {
        assertThatCode(() -> Class.forName(name)).doesNotThrowAnyException();
    }
}
