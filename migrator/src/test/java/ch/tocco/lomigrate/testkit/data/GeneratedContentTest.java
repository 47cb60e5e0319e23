package ch.tocco.lomigrate.testkit.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The same seed gives the same bytes, however they are read. */
final class GeneratedContentTest {
    @Test
    void dependsOnSeedOnly() throws Exception {
        byte[] all = GeneratedContent.bytes(3, 20_000);
        var one = new GeneratedContent(3, 20_000);
        byte[] piecewise = new byte[20_000];
        piecewise[0] = (byte) one.read();
        assertThat(one.readNBytes(piecewise, 1, 9_998)).isEqualTo(9_998);
        assertThat(one.readNBytes(piecewise, 9_999, 20_000 - 9_999)).isEqualTo(20_000 - 9_999);

        assertThat(piecewise).isEqualTo(all);
        assertThat(one.read()).isNegative();
        assertThat(GeneratedContent.bytes(4, 20_000)).isNotEqualTo(all);
        assertThat(GeneratedContent.bytes(3, 0)).isEmpty();
    }
}
