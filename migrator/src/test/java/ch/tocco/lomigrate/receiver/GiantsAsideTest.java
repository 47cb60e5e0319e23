package ch.tocco.lomigrate.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.ring.Worker;
import ch.tocco.lomigrate.ring.WorkerPool;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many giants' rows are kept aside, and who may read them when: without a server, by hand. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // an endless put is not interruptible
final class GiantsAsideTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration MOMENT = Duration.ofMillis(200);
    private static final int RECEIVERS = 3;

    private final RunControl control = new RunControl();
    private final LoRing rows = new LoRing("giant-receiver", GiantsAside.ROOM, control);
    private final LoRing files = new LoRing("giant-storer", 4, control);
    private final LoRing small = new LoRing("receiver", 4, control);
    private final GiantsAside aside = new GiantsAside(rows, files, small, RECEIVERS, control);
    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger takenByTheirOwn = new AtomicInteger();

    /** The giants' own receiver, which is busy until it is let. */
    private final Worker busy = new Worker() {
        private final LoEvent own = new LoEvent();

        @Override
        public int ready(LoEvent[] into) throws InterruptedException {
            open.await();
            into[0] = own;
            return 1;
        }

        @Override
        public void work(LoEvent[] events, int count) {
            takenByTheirOwn.incrementAndGet();
            events[0].clear();
        }
    };

    private final List<Throwable> errors = new ArrayList<>();
    private final WorkerPool pool = WorkerPool.start(rows, List.of(busy), 1, Long.MAX_VALUE, errors::add);
    private final List<GiantsAside.Helper> helpers =
            Stream.generate(() -> aside.helper(pool)).limit(RECEIVERS).toList();
    private final LoEvent event = new LoEvent();

    @AfterEach
    void drain() throws InterruptedException {
        open.countDown();
        pool.drain();
        assertThat(rows.used()).isZero();
        assertThat(errors).isEmpty();
    }

    private void put(int count) {
        for (int i = 0; i < count; i++) {
            event.listed(Rows.of("0".repeat(40), 1L << 30, null, 1));
            assertThat(aside.put(event)).isTrue();
        }
    }

    /** Whether this helper gets a giant, which it keeps. */
    private boolean takes(int helper) {
        LoEvent into = new LoEvent();
        boolean taken = helpers.get(helper).take(into);
        assertThat(into.isEmpty()).isEqualTo(!taken);
        return taken;
    }

    @Test
    void hundredThousandRowsAreKeptAndThenTheObserverWaitsForSomeRoom() throws Exception {
        aside.listingBegins();
        put(GiantsAside.ROOM);
        assertThat(rows.used()).isEqualTo(100_000).isEqualTo(rows.size());
        var more = Background.run(() -> put(1));
        Await.stays(MOMENT, "there is no room", () -> !more.isDone());
        assertThat(rows.used()).isEqualTo(100_000);

        LoEvent into = new LoEvent();
        for (int i = 0; i < 1000; i++) {
            assertThat(more).as("with room for %s", i).isNotDone();
            assertThat(helpers.get(0).take(into)).isTrue();
            into.clear();
            helpers.get(0).done();
        }
        more.get();
        assertThat(rows.used()).isEqualTo(99_001);
    }

    @Test
    void observerThatWaitsGoesOnWhenTheRunEnds() throws Exception {
        put(GiantsAside.ROOM);
        event.listed(Rows.of("0".repeat(40), 1L << 30, null, 1));
        var more = Background.call(() -> aside.put(event));
        Await.stays(MOMENT, "there is no room", () -> !more.isDone());
        control.stop();
        assertThat(more.get()).isFalse();
        assertThat(event.isEmpty()).isFalse();
    }

    @Test
    void oneReceiverKeepsOutOfItWhileRowsAreListed() {
        put(10);
        aside.listingBegins();
        assertThat(takes(0)).isTrue();
        assertThat(takes(1)).isTrue();
        assertThat(takes(2)).isFalse();
        helpers.get(0).done();
        assertThat(takes(2)).isTrue();
        aside.listingEnds();
        assertThat(takes(0)).isTrue();
    }

    @Test
    void listingBeginsOnlyWhenAReceiverIsFree() throws Exception {
        put(10);
        for (int i = 0; i < RECEIVERS; i++) {
            assertThat(takes(i)).isTrue();
        }
        var listing = Background.run(aside::listingBegins);
        Await.stays(MOMENT, "no receiver is free for small objects", () -> !listing.isDone());
        helpers.get(1).done();
        listing.get();
        assertThat(takes(1)).isFalse();
    }

    @Test
    void allHelpWhileTheObserverWaitsAndOneIsFreeWhenItGoesOn() throws Exception {
        aside.listingBegins();
        put(GiantsAside.ROOM);
        assertThat(takes(0)).isTrue();
        assertThat(takes(1)).isTrue();
        assertThat(takes(2)).isFalse();
        put(2);
        var more = Background.run(() -> put(1));
        Await.until(LIMIT, "all help", () -> takes(2));
        // The giants' own makes room, but the receivers are all busy.
        open.countDown();
        Await.until(LIMIT, "room", () -> takenByTheirOwn.get() > 2000);
        Await.stays(MOMENT, "no receiver is free for small objects", () -> !more.isDone());
        helpers.get(2).done();
        more.get();
        assertThat(takes(2)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a small object waits", "files wait for the store", "the run has ended"})
    void nobodyHelpsWhere(String what) {
        put(1);
        switch (what) {
            case "a small object waits" -> fill(small, 1);
            case "files wait for the store" -> fill(files, 2);
            default -> control.stop();
        }
        assertThat(takes(0)).isFalse();
    }

    private static void fill(LoRing ring, int count) {
        // Without consumers a ring would not know what is taken.
        WorkerPool.start(ring, List.of(new Blocked()), 1, Long.MAX_VALUE, e -> {});
        for (int i = 0; i < count; i++) {
            LoEvent one = new LoEvent();
            one.listed(Rows.of("0".repeat(40), 1, null, 1));
            ring.put(one);
        }
    }

    /** Takes nothing, for ever. Its thread is a daemon. */
    private static final class Blocked implements Worker {
        @Override
        public int ready(LoEvent[] into) throws InterruptedException {
            new CountDownLatch(1).await();
            return 0;
        }

        @Override
        public void work(LoEvent[] events, int count) {}
    }

    @Test
    void nobodyTakesEndMarkersOrWhatIsNotThere() throws Exception {
        assertThat(takes(0)).isFalse();
        var drained = Background.run(pool::drain);
        Await.until(LIMIT, "end marker", () -> rows.used() == 1);
        assertThat(takes(0)).isFalse();
        open.countDown();
        drained.get();
        // What was not taken counts as no help.
        put(0);
        aside.listingBegins();
    }
}
