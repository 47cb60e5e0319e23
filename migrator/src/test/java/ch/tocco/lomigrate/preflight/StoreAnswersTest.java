package ch.tocco.lomigrate.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.testkit.Background;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A start that waits for the store ends when it is told to, and tells every failure in one line. */
final class StoreAnswersTest {
    private final RunControl control = new RunControl();
    private final StoreAnswers answers = new StoreAnswers(control);

    @Test
    void answerIsReturned() throws Exception {
        var request = new CompletableFuture<String>();
        var waiting = Background.call(() -> answers.await(request));
        request.complete("etag");
        assertThat(waiting.get(50, TimeUnit.SECONDS)).isEqualTo("etag");
    }

    @Test
    void stopEndsTheWaitAndCancelsTheRequest() {
        var request = new CompletableFuture<String>();
        control.stop();
        assertThatThrownBy(() -> answers.await(request))
                .isInstanceOf(StoreException.class)
                .hasMessage("the run was stopped");
        assertThat(request).isCancelled();
    }

    @Test
    void failureOfAnotherKindIsNamedInOneLineToo() {
        var request = CompletableFuture.<String>failedFuture(new ArithmeticException("of a parser"));
        assertThatThrownBy(() -> answers.await(request))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("of a parser");
    }
}
