package ch.tocco.lomigrate.storer;

import static ch.tocco.lomigrate.storer.StorerStage.IN_FLIGHT;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.UnspeakableError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Errors that no code expects, on either side of the storer: they end the run, but no permit and no object is lost. */
@Timeout(60)
final class StorerErrorTest {
    private static final int COUNT = 3 * IN_FLIGHT;

    private static void storeAll(StorerFixture run) throws InterruptedException {
        var storer = StorerStage.start(run);
        storer.putSmall(COUNT);
        storer.drainAndAssertSettled();
    }

    @Test
    void clientThatIsOutOfMemoryEndsTheRunAndLosesNoPermit() throws Exception {
        assertEndsTheRun(new OutOfMemoryError("injected"), "out of memory (injected): raise --memory-budget");
    }

    @Test
    void clientThatIsBrokenEndsTheRunAndLosesNoPermit() throws Exception {
        assertEndsTheRun(new NoClassDefFoundError("injected"), "PUT: java.lang.NoClassDefFoundError: injected");
    }

    private static void assertEndsTheRun(Error thrown, String message) throws Exception {
        var run = new StorerFixture();
        run.store.before(request -> {
            throw thrown;
        });
        storeAll(run);
        assertThat(run.control.abortReason())
                .hasValueSatisfying(reason -> assertThat(reason).hasMessageContaining(message));
        assertThat(run.counters.discardedCount()).isEqualTo(COUNT);
    }

    @Test
    void errorOfTheCommitterSideEndsTheRunButNotTheStage() throws Exception {
        var run = new StorerFixture(event -> {
            throw new IllegalStateException("committer is broken");
        });
        storeAll(run);
        assertThat(run.control.abortReason())
                .hasValueSatisfying(reason -> assertThat(reason).hasMessageContaining("committer is broken"));
        assertThat(run.counters.discardedCount()).isEqualTo(COUNT);
    }

    /** The forwarder's own thread takes over what cannot be forwarded at once. */
    @Test
    void errorOfTheForwarderThreadEndsTheRunButNotTheStage() throws Exception {
        var run = new StorerFixture(
                event -> {
                    throw new IllegalStateException("committer is broken");
                },
                event -> false);
        storeAll(run);
        assertThat(run.control.abortReason())
                .hasValueSatisfying(reason -> assertThat(reason).hasMessageContaining("committer is broken"));
        assertThat(run.counters.discardedCount()).isEqualTo(COUNT);
    }

    @Test
    void errorOfTheClientThatCannotBeLoggedLosesNoPermit() throws Exception {
        var run = new StorerFixture();
        run.store.before(request -> {
            throw new UnspeakableError();
        });
        storeAll(run);
        assertThat(run.control.abortReason()).isPresent();
        assertThat(run.counters.discardedCount()).isEqualTo(COUNT);
    }

    @Test
    void errorOfTheCommitterSideThatCannotBeLoggedLosesNoPermit() throws Exception {
        var run = new StorerFixture(event -> {
            throw new UnspeakableError();
        });
        storeAll(run);
        assertThat(run.control.abortReason())
                .hasValueSatisfying(
                        reason -> assertThat(reason.getMessage()).contains(UnspeakableError.class.getName()));
        assertThat(run.counters.discardedCount()).isEqualTo(COUNT);
    }

    @Test
    void errorThatIsNoExceptionLosesNoPermit() throws Exception {
        var run = new StorerFixture(event -> {
            throw new NoClassDefFoundError("injected");
        });
        storeAll(run);
        assertThat(run.control.abortReason())
                .hasValueSatisfying(reason -> assertThat(reason).hasMessageContaining("NoClassDefFoundError"));
        assertThat(run.counters.discardedCount()).isEqualTo(COUNT);
    }
}
