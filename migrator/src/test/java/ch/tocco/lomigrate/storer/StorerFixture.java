package ch.tocco.lomigrate.storer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.guard.OverwriteGuard;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.StopGrace;
import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.lo.HashedParts;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Parts;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.store.MemoryObjectStore;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** What a storer has around it in a run, with a store in memory and a committer that counts. */
final class StorerFixture {
    /** Longer than any test. */
    static final Duration LONG = Duration.ofMinutes(10);

    final MemoryObjectStore store;
    final RunControl control = new RunControl();
    final Counters counters = new Counters();
    final Books books = new Books(counters);
    final ByteBudget memory = new ByteBudget(1L << 40, () -> false);
    final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

    /** SHA-256 of what was forwarded to the committers. */
    final Queue<String> committed = new ConcurrentLinkedQueue<>();

    final Bucket bucket;
    final Onward onward;

    StorerFixture() {
        this(LONG);
    }

    /** A storer's surroundings where stored objects go elsewhere than to {@link #commit}, and at once. */
    StorerFixture(Consumer<LoEvent> toCommit) {
        this(toCommit, event -> {
            toCommit.accept(event);
            return true;
        });
    }

    /** A storer's surroundings where stored objects go elsewhere than to {@link #commit}, some of them only after a wait. */
    StorerFixture(Consumer<LoEvent> toCommit, Predicate<LoEvent> toCommitAtOnce) {
        this(new MemoryObjectStore(), OverwriteGuard::none, LONG, toCommit, toCommitAtOnce);
    }

    /** A storer's surroundings where requests under way when the run has ended have only this long. */
    StorerFixture(Duration grace) {
        this(new MemoryObjectStore(), OverwriteGuard::none, grace);
    }

    /** The surroundings of a storer of a protected bucket. */
    static StorerFixture guarded(Function<MemoryObjectStore, OverwriteGuard> guard) {
        return new StorerFixture(new MemoryObjectStore(), guard, LONG);
    }

    private StorerFixture(MemoryObjectStore store, Function<MemoryObjectStore, OverwriteGuard> guard, Duration grace) {
        this.store = store;
        bucket = bucket(guard.apply(store), grace);
        onward = new Onward(counters, books, this::commit, event -> {
            commit(event);
            return true;
        });
    }

    private StorerFixture(
            MemoryObjectStore store,
            Function<MemoryObjectStore, OverwriteGuard> guard,
            Duration grace,
            Consumer<LoEvent> toCommit,
            Predicate<LoEvent> toCommitAtOnce) {
        this.store = store;
        bucket = bucket(guard.apply(store), grace);
        onward = new Onward(counters, books, toCommit, toCommitAtOnce);
    }

    private Bucket bucket(OverwriteGuard guard, Duration grace) {
        return new Bucket(
                guard, new Breaker("the store", LONG, control), control.gate(), LONG, new StopGrace(control, grace));
    }

    void commit(LoEvent event) {
        committed.add(event.sha256());
        counters.committed().done(event.bytes());
        event.clear();
    }

    /** A listed and received object in memory; its bytes come from {@link #memory}. */
    LoEvent inMemory(long seed, int size) {
        byte[] content = GeneratedContent.bytes(seed, size);
        var event = listed(content, seed + 1);
        try {
            memory.take(size);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        event.received(
                new Payload.InMemory(content, memory, size), Digests.of(content).sha256());
        return event;
    }

    /** A listed and received object in a file, which is deleted when the payload is closed, for one request. */
    LoEvent inFile(Path directory, long seed, int size) throws IOException {
        return inFile(directory, seed, size, Optional.empty());
    }

    /** The same, to be uploaded in parts. */
    LoEvent inFile(Path directory, long seed, int size, Optional<Parts> parts) throws IOException {
        byte[] content = GeneratedContent.bytes(seed, size);
        Path file = Files.write(directory.resolve("lo-" + seed), content);
        var event = listed(content, seed + 1);
        event.received(
                new Payload.SpillFile(file, size, parts.map(cut -> hashed(cut, content)), () -> delete(file)),
                Digests.of(content).sha256());
        return event;
    }

    /** All that was listed is settled, and nothing went wrong that no stage expects. */
    void assertSettled() {
        assertThat(errors).isEmpty();
        assertThat(counters.balanced()).as("books balance").isTrue();
        assertThat(memory.used()).as("bytes still taken").isZero();
    }

    private LoEvent listed(byte[] content, long oid) {
        var event = new LoEvent();
        event.listed(Rows.of(Digests.of(content).sha1(), content.length, "text/plain", oid));
        counters.observed().done(content.length);
        return event;
    }

    private static HashedParts hashed(Parts parts, byte[] content) {
        List<String> hashes = IntStream.rangeClosed(1, parts.count())
                .mapToObj(number -> {
                    int from = (int) parts.offset(number);
                    return Digests.of(Arrays.copyOfRange(content, from, from + (int) parts.length(number)))
                            .sha256();
                })
                .toList();
        return new HashedParts(parts, hashes);
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
