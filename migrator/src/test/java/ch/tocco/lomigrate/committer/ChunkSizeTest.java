package ch.tocco.lomigrate.committer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Transactions take about 0.2 s, between 10 rows and what the user allows. */
final class ChunkSizeTest {
    private final ChunkSize size = new ChunkSize(500);

    private void took(int rows, long millis) {
        size.took(rows, Duration.ofMillis(millis).toNanos());
    }

    @Test
    void quickDatabaseGetsTheFullChunkFromTheBeginning() {
        assertThat(size.now()).isEqualTo(500);
        took(500, 20);
        assertThat(size.now()).isEqualTo(500);
    }

    @Test
    void slowDatabaseGetsWhatFits() {
        took(500, 250);
        assertThat(size.now()).isEqualTo(400);
    }

    @Test
    void oneSlowCommitHalvesAtMost() {
        took(500, 60_000);
        assertThat(size.now()).isEqualTo(250);
    }

    @Test
    void lastChunkThatIsSmallAndSlowNeverMakesItLarger() {
        took(500, 400);
        took(3, 250);
        assertThat(size.now()).isEqualTo(125);
    }

    @Test
    void neverFewerThanTenRows() {
        for (int i = 0; i < 20; i++) {
            took(size.now(), 10_000);
        }
        assertThat(size.now()).isEqualTo(10);
    }

    @Test
    void growsAgainWithFullChunksThatAreQuick() {
        took(500, 60_000);
        took(100, 1);
        assertThat(size.now()).as("a part of a chunk says little").isEqualTo(250);
        took(250, 150);
        assertThat(size.now()).as("near the aim").isEqualTo(250);
        took(250, 50);
        took(500, 50);
        assertThat(size.now()).isEqualTo(500);
    }

    @Test
    void fewerThanTenStayIfTheUserSaysSo() {
        ChunkSize small = new ChunkSize(3);
        small.took(3, Duration.ofSeconds(9).toNanos());
        assertThat(small.now()).isEqualTo(3);
    }
}
