package ch.tocco.lomigrate.receiver;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.LoFailureException;
import ch.tocco.lomigrate.lo.Parts;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.lo.RowContent.InRow;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.ring.Worker;
import ch.tocco.lomigrate.source.ContentSql;
import ch.tocco.lomigrate.source.SourceSql;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Takes runs of listed objects and hands on those whose content is what their rows say: small ones in memory, many read
 * by one statement; large ones one at a time, by way of a spill file. One that has nothing to do may help with the
 * latter.
 */
public final class Receiver implements Worker {
    private final PgSession session;
    private final RunControl control;
    private final Counters counters;
    private final Books books;
    private final Small small;
    private final Giants giants;
    private final LargeObjectReader reader;
    private final Spiller spiller;
    private final ContentCheck check;
    private final Optional<GiantsAside.Helper> help;
    private final LoEvent[] own;
    private final long[] sizes;

    /**
     * What becomes of objects that are kept in memory. All receivers of a run share one.
     *
     * @param max largest of them, in bytes
     * @param memory takes their bytes
     * @param next takes them over; false: the run ended, it was not taken
     */
    public record Small(long max, ByteBudget memory, Predicate<LoEvent> next) {}

    /**
     * What becomes of larger objects. All receivers of a run share one.
     *
     * @param files where they are spilled to
     * @param disk takes their bytes
     * @param room where all wait while nothing can be written there
     * @param parts how an object of so many bytes is uploaded; empty: in one request
     * @param next takes them over; false: the run ended, it was not taken
     */
    public record Giants(
            SpillFiles files,
            ByteBudget disk,
            Breaker room,
            LongFunction<Optional<Parts>> parts,
            Predicate<LoEvent> next) {}

    /**
     * Makes a receiver.
     *
     * @param session this receiver's own; closed when it finishes
     * @param sql how their content is read, and what they are called
     * @param maxBatch most objects that are taken at once
     * @param help where it finds giants when it has nothing to do; empty: it does not look for any
     */
    public Receiver(
            PgSession session,
            RunControl control,
            Counters counters,
            Books books,
            SourceSql sql,
            Small small,
            Giants giants,
            int maxBatch,
            Optional<GiantsAside.Helper> help) {
        this.session = session;
        this.control = control;
        this.counters = counters;
        this.books = books;
        this.small = small;
        this.giants = giants;
        this.reader = new LargeObjectReader(session, control, counters.timings(), new ContentSql(sql));
        ObjectNames names = new ObjectNames(sql.mapping());
        this.check = new ContentCheck(names);
        this.spiller = new Spiller(reader, new ContentCheck(names), giants, control);
        this.help = help;
        this.own = Stream.generate(LoEvent::new).limit(maxBatch).toArray(LoEvent[]::new);
        this.sizes = new long[maxBatch];
    }

    @Override
    public int ready(LoEvent[] into) {
        System.arraycopy(own, 0, into, 0, own.length);
        return own.length;
    }

    @Override
    public void work(LoEvent[] events, int count) throws InterruptedException {
        try {
            int next = 0;
            while (next < count && control.gate().mayBegin()) {
                next = isSmall(events[next]) ? receiveSmall(events, next, count) : receiveGiant(events, next);
            }
        } finally {
            // What is left was not begun, or was interrupted by an error that ends the run.
            Arrays.stream(events, 0, count).filter(event -> !event.isEmpty()).forEach(books::discarded);
        }
    }

    @Override
    public void idle() throws InterruptedException {
        // one of few that may read is for small objects, which never wait behind a giant
        while (help.isPresent() && !control.gate().limitsReaders() && help.get().take(own[0])) {
            try {
                work(own, 1);
            } finally {
                help.get().done();
            }
        }
    }

    private boolean isSmall(LoEvent event) {
        return event.bytes() <= small.max();
    }

    /** Receives small objects from {@code first} on, as many as the memory budget has room for; says where it ended. */
    private int receiveSmall(LoEvent[] events, int first, int count) throws InterruptedException {
        int end = first;
        while (end < count && isSmall(events[end])) {
            sizes[end] = events[end].bytes();
            end++;
        }
        if (!control.gate().mayRead()) {
            return count;
        }
        try {
            return readSmall(events, first, end, count);
        } finally {
            control.gate().hasRead();
        }
    }

    private int readSmall(LoEvent[] events, int first, int end, int count) throws InterruptedException {
        int taken = small.memory().takeLeading(sizes, first, end);
        if (taken == 0) {
            return count;
        }
        SmallBatch batch = new SmallBatch(events, first, first + taken);
        try {
            reader.readBatch(events, first, first + taken, batch);
        } catch (RunEndedException ended) {
            return count;
        } finally {
            batch.giveBackTheRest();
        }
        return first + taken;
    }

    private int receiveGiant(LoEvent[] events, int index) throws InterruptedException {
        LoEvent event = events[index];
        try {
            spiller.spill(event);
            hand(event, giants.next());
        } catch (LoFailureException e) {
            failed(event, e);
        } catch (RunEndedException ended) {
            books.discarded(event);
        }
        return index + 1;
    }

    /** Content in a row that is gone, or has changed since: another pass lists what the row has now. */
    private void failed(LoEvent event, LoFailureException e) {
        if (e.reason() == FailureReason.MISSING && event.row().content() instanceof InRow) {
            books.vanished(event);
        } else {
            books.failed(event, e.reason(), e.getMessage());
        }
    }

    private void hand(LoEvent event, Predicate<LoEvent> next) {
        counters.received().done(event.bytes());
        if (!next.test(event)) {
            books.discarded(event);
        }
    }

    @Override
    public void finish() {
        session.close();
    }

    /** Turns bytes that were read into payloads, which own their share of the memory budget from then on. */
    private final class SmallBatch implements LargeObjectReader.Batch {
        private final LoEvent[] events;
        private final int end;
        private int owned;

        SmallBatch(LoEvent[] events, int first, int end) {
            this.events = events;
            this.end = end;
            this.owned = first;
        }

        @Override
        public void read(int index, byte[] bytes) {
            LoEvent event = events[index];
            Payload payload = new Payload.InMemory(bytes, small.memory(), sizes[index]);
            owned = index + 1;
            try {
                check.begin(event.row());
                check.update(bytes, 0, bytes.length);
                event.received(payload, check.verified(), check.objectKey());
            } catch (LoFailureException e) {
                payload.close();
                books.failed(event, e.reason(), e.getMessage());
                return;
            }
            hand(event, small.next());
        }

        @Override
        public void failed(int index, LoFailureException failure) {
            owned = index + 1;
            small.memory().giveBack(sizes[index]);
            Receiver.this.failed(events[index], failure);
        }

        /** Objects come in order: those from {@code owned} on never came. */
        void giveBackTheRest() {
            for (int i = owned; i < end; i++) {
                small.memory().giveBack(sizes[i]);
            }
        }
    }
}
