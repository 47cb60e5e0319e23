package ch.tocco.lomigrate.storer;

import static ch.tocco.lomigrate.storer.GiantStage.PART;
import static ch.tocco.lomigrate.storer.GiantStage.operation;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.storer.MemoryObjectStore.Operation;
import ch.tocco.lomigrate.testkit.Digests;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Objects of several parts that are small enough for one request. */
@Timeout(60)
final class GiantStorerThresholdTest {
    private static final int THRESHOLD = 3 * PART;

    @TempDir
    private Path directory;

    private final StorerFixture run = new StorerFixture();
    private GiantStage stage;

    @BeforeEach
    void start() {
        stage = new GiantStage(run, directory, THRESHOLD);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void objectUpToTheThresholdGoesInOneRequest() throws Exception {
        String key = stage.put(1, THRESHOLD);
        stage.drainAndAssertSettled();
        assertThat(run.store.requests()).singleElement().matches(operation(Operation.PUT));
        assertStored(key);
    }

    @Test
    void objectAboveTheThresholdGoesInParts() throws Exception {
        String key = stage.put(1, THRESHOLD + 1);
        stage.drainAndAssertSettled();
        assertThat(run.store.count(Operation.PUT)).isZero();
        assertThat(run.store.count(Operation.PART)).isEqualTo(4);
        assertStored(key);
    }

    @Test
    void objectThatIsTooLargeForOneRequestGoesInParts() throws Exception {
        refuseAsTooLarge();
        String key = stage.put(1, THRESHOLD);
        stage.drainAndAssertSettled();
        assertThat(run.store.count(Operation.PUT)).isOne();
        assertThat(run.store.count(Operation.PART)).isEqualTo(3);
        assertStored(key);
    }

    @Test
    void objectOfOnePartThatIsTooLargeForARequestFails() throws Exception {
        refuseAsTooLarge();
        stage.put(1, PART);
        stage.drainAndAssertSettled();
        assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.REFUSED, 1L));
        assertThat(run.store.objects()).isEmpty();
    }

    /** As a proxy with a limit does. */
    private void refuseAsTooLarge() {
        run.store.before(request -> request.operation() == Operation.PUT
                ? CompletableFuture.failedFuture(S3Faults.ofAnswer("PUT", 413, null, null, null))
                : MemoryObjectStore.atOnce());
    }

    private void assertStored(String key) {
        assertThat(Digests.of(run.store.objects().get(key).bytes()).sha256()).isEqualTo(key);
        assertThat(run.committed).containsExactly(key);
    }
}
