package ch.tocco.lomigrate.storer;

import static ch.tocco.lomigrate.storer.GiantStage.PART;
import static ch.tocco.lomigrate.storer.GiantStage.operation;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.s3.S3Faults;
import ch.tocco.lomigrate.store.MemoryObjectStore;
import ch.tocco.lomigrate.store.MemoryObjectStore.Operation;
import ch.tocco.lomigrate.testkit.data.Digests;
import java.io.IOException;
import java.nio.file.Files;
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

    /** As a disk does that loses what it had taken. */
    private LoEvent withAnotherByte(int size) throws IOException {
        LoEvent event = stage.inFile(1, size);
        Path file = ((Payload.SpillFile) event.payload()).file();
        byte[] bytes = Files.readAllBytes(file);
        bytes[size / 2] ^= 1;
        Files.write(file, bytes);
        return event;
    }

    @Test
    void partsOfAFileThatHasOtherBytesThanWereReadAreRefusedByTheStore() throws Exception {
        stage.put(withAnotherByte(5 * PART));
        stage.drainAndAssertSettled();
        assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.CORRUPTED, 1L));
        assertThat(run.store.objects()).isEmpty();
        assertThat(run.committed).isEmpty();
    }

    @Test
    void fileThatHasOtherBytesThanWereReadIsNotCutIntoParts() throws Exception {
        refuseAsTooLarge();
        stage.put(withAnotherByte(THRESHOLD));
        stage.drainAndAssertSettled();
        assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.SPILL, 1L));
        assertThat(run.store.count(Operation.PART)).isZero();
        assertThat(run.committed).isEmpty();
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
