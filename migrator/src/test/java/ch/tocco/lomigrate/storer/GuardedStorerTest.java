package ch.tocco.lomigrate.storer;

import static ch.tocco.lomigrate.storer.GiantStage.PART;
import static ch.tocco.lomigrate.storer.GiantStage.part;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.guard.OverwriteGuard;
import ch.tocco.lomigrate.guard.Protection;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.store.MemoryObjectStore;
import ch.tocco.lomigrate.store.MemoryObjectStore.Operation;
import ch.tocco.lomigrate.store.MemoryObjectStore.Stored;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A storer replaces no foreign object in a store that takes no notice of If-None-Match. */
@Timeout(60)
final class GuardedStorerTest {
    private static final String KEY = "f/1";
    private static final byte[] OTHER = GeneratedContent.bytes(99, 10);

    @TempDir
    private Path directory;

    private final StorerFixture run = StorerFixture.guarded(
            store -> OverwriteGuard.begin(Protection.BY_COMPARING, store, "f/", false, new RunControl()));

    private static LoEvent called(String key, LoEvent event) {
        event.received(event.payload(), event.sha256(), new ObjectKey(key));
        return event;
    }

    private void there(byte[] content) {
        run.store
                .objects()
                .put(
                        KEY,
                        new Stored(
                                content,
                                "a/b",
                                Map.of("sha256", Digests.of(content).sha256())));
    }

    @ParameterizedTest
    @ValueSource(ints = {PART, 3 * PART})
    void giantThatIsThereAlreadyIsNotSentAgain(int size) throws Exception {
        try (var stage = new GiantStage(run, directory)) {
            there(GeneratedContent.bytes(1, size));
            stage.put(called(KEY, stage.inFile(1, size)));
            stage.drainAndAssertSettled();
        }
        assertThat(run.committed).hasSize(1);
        assertThat(run.store.requests()).allMatch(request -> request.operation() == Operation.LENGTH);
    }

    /** Of two rows, whole or in parts, at the same time or one after the other. */
    @ParameterizedTest
    @ValueSource(ints = {PART, 3 * PART})
    void onlyOneOfTwoGiantsWithOneKeyIsStored(int size) throws Exception {
        try (var stage = new GiantStage(run, directory)) {
            for (int i = 1; i <= 4; i++) {
                stage.put(called(KEY, stage.inFile(i, size)));
            }
            stage.drainAndAssertSettled();
            assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.KEY_TAKEN, 3L));
        }
        assertThat(run.committed)
                .containsExactly(
                        Digests.of(run.store.objects().get(KEY).bytes()).sha256());
    }

    /** Hours may go by between the first part and the last. */
    @Test
    void giantReplacesNothingThatCameWhileItsPartsWereSent() throws Exception {
        run.store.before(request -> {
            if (part(2).test(request)) {
                there(OTHER);
            }
            return MemoryObjectStore.atOnce();
        });
        try (var stage = new GiantStage(run, directory)) {
            stage.put(called(KEY, stage.inFile(1, 3 * PART)));
            stage.drainAndAssertSettled();
            assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.KEY_TAKEN, 1L));
        }
        assertThat(run.store.objects().get(KEY).bytes()).isEqualTo(OTHER);
    }

    @Test
    void onlyOneOfTwoSmallObjectsWithOneKeyIsStored() throws Exception {
        var storer = StorerStage.start(run);
        for (int i = 0; i < 20; i++) {
            storer.put(called("f/" + i % 10, run.inMemory(i, 10)));
        }
        storer.drainAndAssertSettled();
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.KEY_TAKEN, 10L));
        assertThat(run.committed).hasSize(10);
        assertThat(run.store.objects()).hasSize(10);
        assertThat(run.committed)
                .containsExactlyInAnyOrderElementsOf(run.store.objects().values().stream()
                        .map(stored -> Digests.of(stored.bytes()).sha256())
                        .toList());
    }
}
