package ch.tocco.lomigrate.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.source.ContentSql;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A stream that is the first to be tried again after an outage lets the others go on while it is read. */
@ExtendWith(Backends.class)
@Timeout(120)
final class LargeObjectReaderIT {
    private final RunControl control = new RunControl();
    private final Breaker breaker = new Breaker("PostgreSQL", Duration.ofMinutes(10), control);

    @Test
    void othersGoOnFromTheFirstBytesOfAStream(SourceDatabase database) throws Exception {
        var row = database.insertGenerated(1, 600_000, "a/b");
        AtomicInteger written = new AtomicInteger();
        breaker.failed("gone");
        try (var session = Sessions.session(Sessions.connections(database), breaker, control)) {
            var reader =
                    new LargeObjectReader(session, control, new Counters().timings(), new ContentSql(Sessions.SQL));
            var asked = Rows.of(row.hash(), row.size(), row.mimeType(), row.oid());
            reader.readStream(asked, new LargeObjectReader.Stream() {
                @Override
                public void restart() {
                    assertThat(breaker.tryTurn()).as("the stream is the probe").isFalse();
                }

                @Override
                public void write(byte[] bytes, int offset, int count) {
                    assertThat(breaker.tryTurn()).as("others may go").isTrue();
                    assertThat(breaker.successes()).as("it is not there yet").isZero();
                    written.addAndGet(count);
                }
            });
        }
        assertThat(written).hasValue(600_000);
        assertThat(breaker.successes()).isOne();
    }
}
