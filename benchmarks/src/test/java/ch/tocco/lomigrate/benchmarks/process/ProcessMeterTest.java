package ch.tocco.lomigrate.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.benchmarks.e2e.Store;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessMeterTest {
    @TempDir
    Path directory;

    private ProcessMeter.Usage run(String script) throws IOException, InterruptedException {
        return ProcessMeter.run(
                new ProcessBuilder("sh", "-c", script), directory.resolve("log"), () -> new Store.Seen(7, 0, 2));
    }

    @Test
    void seesTimeThatIsWaited() throws IOException, InterruptedException {
        ProcessMeter.Usage usage = run("sleep 0.3");
        assertThat(usage.seconds()).isGreaterThanOrEqualTo(0.3);
        assertThat(usage.cpuSeconds()).isLessThan(0.2);
        assertThat(usage.peakKib()).isPositive();
        assertThat(usage.timeline().samples()).isNotEmpty().allSatisfy(sample -> {
            assertThat(sample.small()).isEqualTo(5);
            assertThat(sample.giants()).isEqualTo(2);
            assertThat(sample.rssKib()).isPositive();
        });
    }

    @Test
    void seesProcessorTimeThatIsUsed() throws IOException, InterruptedException {
        ProcessMeter.Usage usage = run("i=0; while [ $i -lt 500000 ]; do i=$((i + 1)); done");
        assertThat(usage.cpuSeconds()).isGreaterThan(0.05);
    }

    @Test
    void showsWhatAFailedProcessSaid() {
        assertThatThrownBy(() -> run("echo the reason; exit 3"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("exit code 3")
                .hasMessageContaining("the reason");
    }
}
