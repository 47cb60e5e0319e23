package ch.tocco.lomigrate.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThreadTimesTest {
    @TempDir
    Path process;

    private final ThreadTimes times = new ThreadTimes();

    @ParameterizedTest
    @CsvSource({
        "receiver-2, receivers",
        "giant-receiver-, receivers",
        "storer-forwarde, storers",
        "AwsEventLoop1, storers",
        "C2 CompilerThre, JIT compiler",
        "VM Thread, rest"
    })
    void aThreadBelongsToTheStageItsNameTells(String thread, String stage) {
        assertThat(ThreadTimes.stage(thread)).isEqualTo(stage);
    }

    @Test
    void threadsOfAStageAreAddedAndOnesThatHaveEndedCount() throws IOException {
        thread(11, "receiver-1", 30, 20);
        thread(12, "receiver-2", 40, 10);
        times.sample(process);
        Files.delete(process.resolve("task/12/stat"));
        thread(11, "receiver-1", 60, 40);
        times.sample(process);

        assertThat(times.seconds(0)).containsEntry("receivers", 1.5);
    }

    @Test
    void theMainThreadIsTheObserverOnceTheFirstObjectIsStored() throws IOException, InterruptedException {
        thread(1, "java", 1, 0);
        thread(2, "java", 100, 0);
        times.sample(process);
        long firstPut = System.currentTimeMillis();
        while (System.currentTimeMillis() == firstPut) {
            Thread.sleep(1);
        }
        thread(2, "observer", 130, 0);
        times.sample(process);

        assertThat(times.seconds(firstPut)).containsEntry("start", 1.0);
        assertThat(times.seconds(firstPut).get("observer")).isBetween(0.29, 0.31);
    }

    private void thread(int id, String name, int userTicks, int systemTicks) throws IOException {
        Path stat = process.resolve("task/" + id + "/stat");
        Files.createDirectories(stat.getParent());
        Files.writeString(
                stat,
                "%d (%s) S 1 1 1 0 -1 4194304 1 0 0 0 %d %d 0 0 20 0 40 0 1\n"
                        .formatted(id, name, userTicks, systemTicks));
    }
}
