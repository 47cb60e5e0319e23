package ch.tocco.lomigrate.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TimelineTest {
    private final Timeline timeline = new Timeline();

    TimelineTest() {
        timeline.add(new Timeline.Sample(1, 0, 0, 0.5, 1024));
        timeline.add(new Timeline.Sample(2, 100, 0, 1, 2048));
        timeline.add(new Timeline.Sample(3, 100, 1, 1.5, 3072));
        timeline.add(new Timeline.Sample(5, 300, 1, 2.5, 4096));
        timeline.add(new Timeline.Sample(9, 300, 1, 2.5, 0));
    }

    @Test
    void betweenSamplesItWentEvenly() {
        assertThat(timeline.secondsAt(100)).isEqualTo(2);
        assertThat(timeline.secondsAt(200)).isEqualTo(4, within(1e-9));
        assertThat(timeline.cpuAt(50)).isEqualTo(0.75, within(1e-9));
    }

    @Test
    void pausesAreBetweenSmallObjects() {
        assertThat(timeline.longestPause(300)).isEqualTo(3);
        assertThat(timeline.longestPause(100)).isZero();
    }

    @Test
    void knowsWhatWasThereWhenTheGiantsWere() {
        assertThat(timeline.smallWhenGiantsDone(1)).isEqualTo(100);
        assertThat(timeline.smallWhenGiantsDone(2)).isEqualTo(300);
    }

    @Test
    void memoryIsThatOfALivingProcess() {
        assertThat(timeline.rssMib(0)).isEqualTo(1);
        assertThat(timeline.rssMib(1)).isEqualTo(4);
    }

    @Test
    void aFileKeepsFewSamplesOfALongRunAndTheLastOneAmongThem() {
        Timeline longer = new Timeline();
        for (int i = 1; i <= 1000; i++) {
            longer.add(new Timeline.Sample(i, 2L * i, 0, i, 1024));
        }

        Timeline kept = Timeline.of(longer.kept());

        assertThat(kept.samples()).hasSize(60).endsWith(new Timeline.Sample(1000, 2000, 0, 1000, 1024));
        assertThat(kept.samples()).isSortedAccordingTo(java.util.Comparator.comparingDouble(Timeline.Sample::seconds));
        assertThat(Timeline.of(timeline.kept()).samples()).isEqualTo(timeline.samples());
    }
}
