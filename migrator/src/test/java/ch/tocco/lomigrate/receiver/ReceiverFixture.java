package ch.tocco.lomigrate.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.lo.HashedParts;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Parts;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a receiver has around it in a run, with storers that look at what they are handed and keep nothing. */
final class ReceiverFixture {
    static final long MEMORY = 1 << 20;
    static final long DISK = 8 << 20;

    /** Bytes of a part that a spilled object is to be uploaded in. */
    private static final int PART_SIZE = 100_000;

    /** The two ways that an object may take. */
    enum Way {
        MEMORY(64 << 10),
        FILE(-1);

        private final long inMemMax;

        Way(long inMemMax) {
            this.inMemMax = inMemMax;
        }
    }

    /**
     * What was handed to the storers.
     *
     * @param content of the payload, read again
     * @param sha256 as the receiver found it
     * @param inFile whether it came by way of a spill file
     */
    record Received(Digests content, String sha256, boolean inFile) {}

    final RunControl control = new RunControl();
    final Counters counters = new Counters();
    final ByteBudget memory = new ByteBudget(MEMORY, control::ended);
    final ByteBudget disk = new ByteBudget(DISK, control::ended);

    /** By oid. */
    final Map<Long, Received> received = new HashMap<>();

    /** The superuser's, unless a test has others. */
    PgConnections connections;

    /** Most bytes of the memory that were taken when an object was handed on. */
    long mostMemory;

    private final Breaker room = new Breaker("the spill directory", Duration.ofMinutes(10), control);
    private final SourceDatabase database;
    private final Path parent;
    private final SpillDir spillDir;

    ReceiverFixture(SourceDatabase database, Path parent) throws IOException {
        this.database = database;
        this.parent = parent;
        this.connections = Sessions.connections(database);
        this.spillDir = SpillDir.create(parent);
        control.onEnd(memory::wake);
        control.onEnd(disk::wake);
    }

    /** A large object of generated content, and its row. */
    SourceRow good(long seed, int size) throws SQLException {
        byte[] content = GeneratedContent.bytes(seed, size);
        return row(content, size, database.createObject(content));
    }

    static SourceRow row(byte[] content, long size, long oid) {
        return Rows.of(Digests.of(content).sha1(), size, "text/plain", oid);
    }

    /** Hands these rows to a receiver as one run. */
    void receive(Way way, List<SourceRow> rows) throws InterruptedException {
        var receiver = receiver(way, rows.size(), this::take);
        receive(receiver, rows);
        receiver.finish();
    }

    /** A receiver with a session of its own, whose objects go to these storers. */
    Receiver receiver(Way way, int maxBatch, Predicate<LoEvent> storers) {
        return receiver(way, maxBatch, storers, Optional.empty());
    }

    /** The same, which may help with giants. */
    Receiver receiver(Way way, int maxBatch, Predicate<LoEvent> storers, Optional<GiantsAside.Helper> help) {
        return new Receiver(
                Sessions.session(connections, control),
                control,
                counters,
                new Books(counters),
                Sessions.SQL,
                new Receiver.Small(way.inMemMax, memory, storers),
                new Receiver.Giants(spillDir, disk, room, size -> Optional.of(Parts.of(size, PART_SIZE)), storers),
                maxBatch,
                help);
    }

    /** One run of this receiver, of as many rows as it takes at once. */
    void receive(Receiver receiver, List<SourceRow> rows) throws InterruptedException {
        LoEvent[] events = new LoEvent[rows.size()];
        assertThat(receiver.ready(events)).isEqualTo(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            events[i].listed(rows.get(i));
            counters.observed().done(rows.get(i).size().bytes());
        }
        receiver.work(events, rows.size());
        assertThat(events).allMatch(LoEvent::isEmpty);
    }

    private static void assertPartsAreThoseOf(byte[] bytes, HashedParts hashed) {
        for (int from = 0, number = 1; from < bytes.length; from += PART_SIZE, number++) {
            byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + PART_SIZE));
            assertThat(hashed.sha256(number)).isEqualTo(Digests.of(part).sha256());
        }
    }

    /** The storers' side: reads the payload again, and clears the event. */
    boolean take(LoEvent event) {
        try {
            mostMemory = Math.max(mostMemory, memory.used());
            Payload payload = event.payload();
            boolean inFile = payload instanceof Payload.SpillFile;
            byte[] bytes = payload instanceof Payload.SpillFile file
                    ? Files.readAllBytes(file.file())
                    : ((Payload.InMemory) payload).bytes();
            assertThat(payload.size()).isEqualTo(bytes.length);
            if (payload instanceof Payload.SpillFile file) {
                assertPartsAreThoseOf(bytes, file.parts().orElseThrow());
            }
            received.put(Rows.oid(event.row()), new Received(Digests.of(bytes), event.sha256(), inFile));
            counters.committed().done(bytes.length);
            event.clear();
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the row says was handed on, with the right hash and by this way. */
    void assertReceived(SourceRow row, Way way) {
        var found = received.get(Rows.oid(row));
        assertThat(found).as("oid " + Rows.oid(row)).isNotNull();
        assertThat(found.content().sha1()).isEqualToIgnoringCase(row.key().text());
        assertThat(found.sha256()).isEqualTo(found.content().sha256());
        assertThat(found.inFile()).isEqualTo(way == Way.FILE);
    }

    List<Path> spillFiles() throws IOException {
        try (Stream<Path> files = Files.walk(parent)) {
            return files.filter(file -> file.getFileName().toString().startsWith("lo-"))
                    .filter(Files::isRegularFile)
                    .toList();
        }
    }

    /** All that was listed is settled, all bytes are given back, and the spill directory goes without a trace. */
    void assertNothingIsLeft() throws IOException {
        assertThat(counters.balanced()).as("books balance").isTrue();
        assertThat(memory.used()).as("memory still taken").isZero();
        assertThat(disk.used()).as("disk still taken").isZero();
        assertThat(spillFiles()).as("spill files").isEmpty();
        spillDir.close();
        assertThat(parent).isEmptyDirectory();
    }
}
