package ch.tocco.lomigrate.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The thread that waits hears what went wrong on the other thread. */
@Timeout(60)
final class BesideTest {
    private static Beside<Void> failing(Throwable e) {
        return Beside.begin("failing", () -> {
            if (e instanceof Error error) {
                throw error;
            }
            throw (Exception) e;
        });
    }

    @Test
    void goesOnWhileItsCallerDoesSomethingElse() throws Exception {
        var done = new CountDownLatch(1);
        var beside = Beside.begin("beside", () -> {
            done.await();
            return Thread.currentThread().getName();
        });
        done.countDown();
        assertThat(beside.get(IOException.class)).isEqualTo("beside");
        assertThat(beside.get(IOException.class)).as("asked again").isEqualTo("beside");
    }

    @Test
    void failsAsItsWorkDoes() {
        for (Throwable e : new Throwable[] {
            new IOException("disk"),
            new IllegalArgumentException("own"),
            new AssertionError("error"),
            new InterruptedException()
        }) {
            assertThatThrownBy(() -> failing(e).get(IOException.class)).isSameAs(e);
        }
        assertThatThrownBy(() -> failing(new IOException("disk")).get(RefusedException.class))
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("disk");
    }
}
