package ch.tocco.lomigrate.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.HeldRequests;
import ch.tocco.lomigrate.store.MemoryObjectStore;
import ch.tocco.lomigrate.store.MemoryObjectStore.Operation;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoredObject;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The guard replaces no foreign object in a store that takes no notice of If-None-Match. */
@Timeout(60)
final class OverwriteGuardTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final byte[] MINE = GeneratedContent.bytes(1, 100);
    private static final byte[] OTHER = GeneratedContent.bytes(2, 100);

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final RunControl control = new RunControl();

    private static StoredObject object(String key, byte[] content) {
        String sha256 = Digests.of(content).sha256();
        return new StoredObject(new ObjectKey(key), sha256, "text/plain", Map.of("sha256", sha256));
    }

    private void there(String key, byte[] content) {
        var object = object(key, content);
        store.objects().put(key, new MemoryObjectStore.Stored(content, object.contentType(), object.metadata()));
    }

    private OverwriteGuard comparing() {
        return OverwriteGuard.begin(Protection.BY_COMPARING, store, "f/", true, control);
    }

    /** The same, once all keys of the bucket are listed. */
    private OverwriteGuard listed() throws Exception {
        OverwriteGuard guard = comparing();
        var tries = new AtomicInteger();
        Await.until(LIMIT, "a key that is new costs no question", () -> {
            long before = store.count(Operation.LENGTH);
            put(guard, "new/" + tries.incrementAndGet(), MINE);
            return store.count(Operation.LENGTH) == before;
        });
        return guard;
    }

    private static String put(OverwriteGuard guard, String key, byte[] content) throws Exception {
        return guard.put(object(key, content), Content.of(content)).get(60, TimeUnit.SECONDS);
    }

    private static StoreException failure(CompletableFuture<String> put) throws Exception {
        try {
            put.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return (StoreException) StoreException.unwrapped(e);
        }
        throw new AssertionError("stored");
    }

    private static void assertTaken(CompletableFuture<String> put) throws Exception {
        StoreException failure = failure(put);
        assertThat(failure.reason()).isEqualTo(FailureReason.KEY_TAKEN);
        assertThat(failure.kind()).isEqualTo(FaultKind.OBJECT);
        assertThat(failure).hasMessageContaining("--overwrite");
    }

    private long puts(String key) {
        return store.requests().stream()
                .filter(request ->
                        request.operation() == Operation.PUT && request.key().equals(key))
                .count();
    }

    @Test
    void whatAKilledRunHasStoredCountsAsStoredAndIsNotSentAgain() throws Exception {
        there("f/1", MINE);
        try (var guard = listed()) {
            assertThat(put(guard, "f/1", MINE)).isEqualTo("etag");
        }
        assertThat(puts("f/1")).isZero();
    }

    @Test
    void otherContentIsNeitherReplacedNorTakenForStored() throws Exception {
        there("f/1", OTHER);
        try (var guard = listed()) {
            assertTaken(guard.put(object("f/1", MINE), Content.of(MINE)));
        }
        assertThat(store.objects().get("f/1").bytes()).isEqualTo(OTHER);
    }

    /** The row names other content by now, and no other row can have the key. */
    @Test
    void formerContentOfTheRowIsReplaced() throws Exception {
        there("f/1", OTHER);
        StoredObject mine = object("f/1", MINE);
        StoredObject next = new StoredObject(
                mine.key(),
                mine.sha256(),
                "text/plain",
                "",
                mine.metadata(),
                false,
                Digests.of(OTHER).sha256());
        try (var guard = listed()) {
            assertThat(guard.put(next, Content.of(MINE)).get(60, TimeUnit.SECONDS))
                    .isEqualTo("etag");
            assertThat(guard.has(next, MINE.length).join()).isTrue();
        }
        assertThat(store.objects().get("f/1").bytes()).isEqualTo(MINE);
    }

    /** An object that another program has stored has no SHA-256 of ours: equal or not, it is not ours. */
    @Test
    void contentWithoutOurMetadataIsLeftAlone() throws Exception {
        store.objects().put("f/1", new MemoryObjectStore.Stored(MINE, "text/plain", Map.of()));
        try (var guard = listed()) {
            assertTaken(guard.put(object("f/1", MINE), Content.of(MINE)));
        }
        assertThat(puts("f/1")).isZero();
    }

    @Test
    void keysThatAreNotListedCostNoQuestion() throws Exception {
        for (int i = 0; i < 7; i++) {
            there("f/" + i, OTHER); // several pages
        }
        there("g/1", OTHER);
        try (var guard = listed()) {
            long asked = store.count(Operation.LENGTH);
            put(guard, "f/new", MINE);
            assertThat(store.count(Operation.LENGTH)).isEqualTo(asked);
            assertTaken(guard.put(object("f/6", MINE), Content.of(MINE)));
            assertThat(store.count(Operation.LENGTH)).isEqualTo(asked + 1);
        }
    }

    @Test
    void untilAllAreListedEachIsAskedFor() throws Exception {
        there("f/1", OTHER);
        there("f/2", OTHER);
        there("f/3", OTHER);
        var held = new HeldRequests();
        store.before(
                request -> request.operation() == Operation.KEYS ? held.apply(request) : MemoryObjectStore.atOnce());
        try (var guard = comparing()) {
            held.await(1);
            assertTaken(guard.put(object("f/3", MINE), Content.of(MINE)));
            put(guard, "f/new", MINE);
            assertThat(store.count(Operation.LENGTH)).isEqualTo(2);
            held.next().complete(null);
            held.await(1);
            assertTaken(guard.put(object("f/3", MINE), Content.of(MINE)));
        } // ends the listing, or this would wait for ever
        assertThat(store.count(Operation.KEYS)).isEqualTo(2);
    }

    @Test
    void wherePassingFaultsHinderTheListingItGoesOn() throws Exception {
        there("f/1", OTHER);
        store.before(request -> request.operation() == Operation.KEYS && store.count(Operation.KEYS) < 4
                ? MemoryObjectStore.passing()
                : MemoryObjectStore.atOnce());
        try (var guard = listed()) {
            assertTaken(guard.put(object("f/1", MINE), Content.of(MINE)));
        }
        assertThat(store.count(Operation.KEYS)).isEqualTo(4);
    }

    @Test
    void whereTheBucketMayNotBeListedEachIsAskedFor() throws Exception {
        there("f/1", OTHER);
        store.before(request -> request.operation() == Operation.KEYS
                ? MemoryObjectStore.fault(FaultKind.OBJECT, FailureReason.REFUSED)
                : MemoryObjectStore.atOnce());
        try (var guard = comparing()) {
            Await.until(LIMIT, "asked for the list", () -> store.count(Operation.KEYS) == 1);
            assertTaken(guard.put(object("f/1", MINE), Content.of(MINE)));
            put(guard, "f/2", MINE);
        }
        assertThat(store.count(Operation.LENGTH)).isEqualTo(2);
    }

    /** Others store while this one lists. */
    @Test
    void besideOtherShardsEachIsAskedForAndNothingIsListed() throws Exception {
        try (var guard = OverwriteGuard.begin(Protection.BY_COMPARING, store, "f/", false, control)) {
            put(guard, "f/1", MINE);
            there("f/2", OTHER); // another shard
            assertTaken(guard.put(object("f/2", MINE), Content.of(MINE)));
        }
        assertThat(store.count(Operation.KEYS)).isZero();
        assertThat(store.count(Operation.LENGTH)).isEqualTo(2);
    }

    @Test
    void bucketWithManyMoreKeysThanAreToldApartIsProtectedAllTheSame() throws Exception {
        var seen = new SeenKeys(8);
        for (int i = 0; i < 5000; i++) {
            there("f/" + i, OTHER);
            seen.add("f/" + i);
        }
        seen.complete();
        var guard = OverwriteGuard.byComparing(store, seen);
        for (int i = 0; i < 5000; i += 100) {
            assertTaken(guard.put(object("f/" + i, MINE), Content.of(MINE)));
        }
        put(guard, "f/new", MINE);
        assertThat(store.count(Operation.PUT)).isOne();
    }

    @Test
    void secondContentOfAKeyFailsAfterTheFirst() throws Exception {
        try (var guard = listed()) {
            put(guard, "f/1", MINE);
            assertTaken(guard.put(object("f/1", OTHER), Content.of(OTHER)));
            assertThat(put(guard, "f/1", MINE)).as("the same once more").isEqualTo("etag");
        }
        assertThat(puts("f/1")).isOne();
        assertThat(store.objects().get("f/1").bytes()).isEqualTo(MINE);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void secondContentOfAKeyFailsWhileTheFirstIsUnderWay(Protection way) throws Exception {
        var held = new HeldRequests();
        store.before(
                request -> request.operation() == Operation.KEYS ? MemoryObjectStore.atOnce() : held.apply(request));
        try (var guard = OverwriteGuard.begin(way, store, "f/", true, control)) {
            var first = guard.put(object("f/1", MINE), Content.of(MINE));
            assertTaken(guard.put(object("f/1", OTHER), Content.of(OTHER)));
            var same = guard.put(object("f/1", MINE), Content.of(MINE));
            while (!first.isDone() || !same.isDone()) {
                held.releaseAll();
            }
            assertThat(first.get()).isEqualTo("etag");
            assertThat(same.get()).isEqualTo("etag");
            store.before(request -> MemoryObjectStore.atOnce());
            try (var turn = guard.begin(object("f/1", MINE))) {
                assertThat(turn).isNotNull();
                assertThatThrownBy(() -> guard.begin(object("f/1", OTHER))).isInstanceOf(StoreException.class);
            }
            guard.begin(object("f/1", OTHER)).close(); // nothing is under way any more
        }
        assertThat(store.objects().get("f/1").bytes()).isEqualTo(MINE);
    }

    @Test
    void answerThatWasLostIsFoundByTheNextTry() throws Exception {
        try (var guard = listed()) {
            store.loseAnswerOnce(Operation.PUT);
            assertThat(failure(guard.put(object("f/1", MINE), Content.of(MINE))).kind())
                    .isEqualTo(FaultKind.PASSING);
            assertThat(put(guard, "f/1", MINE)).isEqualTo("etag");
        }
        assertThat(puts("f/1")).isOne();
    }

    @Test
    void cancelledWhileItAsksItSendsNothing() throws Exception {
        var held = new HeldRequests();
        store.before(
                request -> request.operation() == Operation.LENGTH ? held.apply(request) : MemoryObjectStore.atOnce());
        var guard = OverwriteGuard.byComparing(store, KnownKeys.UNKNOWN);
        var put = guard.put(object("f/1", MINE), Content.of(MINE));
        var gate = held.next();
        put.cancel(true);
        gate.complete(null);
        assertThat(failure(put).kind()).isEqualTo(FaultKind.PASSING);
        assertThat(store.count(Operation.PUT)).isZero();
        guard.begin(object("f/1", OTHER)).close(); // its turn is over
    }

    /** Answers come late, out of order and from other threads. The bucket ends with what the guard said that it stored. */
    @Test
    void neitherOfManyRowsWithFewKeysReplacesAnother() throws Exception {
        store.before(request -> CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(System.nanoTime() % 3, TimeUnit.MILLISECONDS)));
        long seed = System.nanoTime();
        var random = new Random(seed);
        record Sent(String key, int seed, CompletableFuture<String> put) {}
        List<Sent> all = new ArrayList<>();
        try (var guard = comparing()) {
            for (int i = 0; i < 2000; i++) {
                String key = "f/" + random.nextInt(200);
                int which = random.nextInt(3);
                byte[] content = GeneratedContent.bytes(which, 50);
                all.add(new Sent(key, which, guard.put(object(key, content), Content.of(content))));
                if (i % 50 == 0) {
                    Thread.sleep(1);
                }
            }
            int stored = 0;
            for (Sent sent : all) {
                try {
                    sent.put.get(60, TimeUnit.SECONDS);
                    stored++;
                    assertThat(store.objects().get(sent.key).bytes())
                            .as("seed " + seed)
                            .isEqualTo(GeneratedContent.bytes(sent.seed, 50));
                } catch (ExecutionException e) {
                    assertTaken(sent.put);
                }
            }
            assertThat(stored).isBetween(200, 1900);
        }
    }
}
