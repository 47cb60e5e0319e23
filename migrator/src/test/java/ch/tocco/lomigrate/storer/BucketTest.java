package ch.tocco.lomigrate.storer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What storers share. */
final class BucketTest {
    private final StorerFixture fixture = new StorerFixture();

    @Test
    void bytesOfProbesCountForTheAllowedRateOfBytes() {
        var gate = fixture.control.gate();
        gate.bytesPerSecond(1);
        assertThat(gate.holdsBack()).as("before the probe").isFalse();
        fixture.bucket.probe().putAndDelete().join();
        assertThat(gate.holdsBack()).as("after the probe").isTrue();
    }
}
