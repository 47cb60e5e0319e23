package ch.tocco.lomigrate.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request is answered only if it names an address, localhost, or the host that the user has given. */
final class HostRuleTest {
    private final HostRule rule = new HostRule("Migration.Example");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.1:9187",
                "10.0.0.255:80",
                "[::1]:9187",
                "[fe80::1%eth0]:9187",
                "localhost",
                "LocalHost:9187",
                "migration.example:9187"
            })
    void allowsAddressesAndTheGivenName(String host) {
        assertThat(rule.allows(List.of(host))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "evil.example",
                "evil.example:9187",
                "127.0.0.1.evil.example",
                "127.0.0.256",
                "1.2.3",
                "0x7f.0.0.1",
                "localhost.evil.example",
                "evil.example:localhost",
                "evil.example#[::1]",
                "[::1].evil.example",
                "127.0.0.1:80:80",
                "evil.example/127.0.0.1"
            })
    void refusesAllOtherNames(String host) {
        assertThat(rule.allows(List.of(host))).isFalse();
    }

    @Test
    void refusesRequestsWithoutOneHost() {
        assertThat(rule.allows(null)).isFalse();
        assertThat(rule.allows(List.of("localhost", "localhost"))).isFalse();
    }
}
