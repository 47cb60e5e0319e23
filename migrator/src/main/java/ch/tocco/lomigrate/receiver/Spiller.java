package ch.tocco.lomigrate.receiver;

import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.LoFailureException;
import ch.tocco.lomigrate.lo.PartHashes;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.lo.SourceRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Reads one large object into a spill file and checks it on the way. While the disk is full it waits, so that a disk
 * that others have filled does not fail one object after the other. For one thread.
 */
final class Spiller {
    private static final Logger LOG = LogManager.getLogger(Spiller.class);

    /** After so long it is tried again, though no other spill file has gone: others may have made room on the disk. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final LargeObjectReader reader;
    private final Receiver.Giants giants;
    private final RunControl control;
    private final ContentCheck check;

    Spiller(LargeObjectReader reader, ContentCheck check, Receiver.Giants giants, RunControl control) {
        this.reader = reader;
        this.check = check;
        this.giants = giants;
        this.control = control;
    }

    /** Reads the event's object; on return the event has its payload. */
    void spill(LoEvent event) throws LoFailureException, RunEndedException, InterruptedException {
        SourceRow row = event.row();
        if (row.size().bytes() > giants.disk().capacity()) {
            throw new LoFailureException(
                    FailureReason.TOO_LARGE,
                    "object has " + row.size().bytes() + " bytes, the spill budget only "
                            + giants.disk().capacity() + ": raise --spill-budget or choose another --spill-dir");
        }
        boolean spilled = false;
        while (!spilled) {
            giants.room().awaitTurn(control);
            spilled = attempt(row, event);
        }
    }

    /** False: there was no room, but now it may be tried again. */
    private boolean attempt(SourceRow row, LoEvent event)
            throws LoFailureException, RunEndedException, InterruptedException {
        String lack = null;
        long freed = giants.disk().freed();
        try {
            spillWithinBudget(row, event);
            return true;
        } catch (NoRoomException e) {
            lack = e.getMessage();
        } finally {
            // Whatever else happened: of the disk nothing bad is known.
            if (lack == null) {
                giants.room().succeeded();
            }
        }
        awaitRoom(lack, freed);
        return false;
    }

    /** Other spill files make room when they are stored; where there are none, only an administrator can make it. */
    private void awaitRoom(String lack, long freed) throws RunEndedException, InterruptedException {
        if (giants.disk().used() == 0) {
            giants.room().failed(lack);
            return;
        }
        giants.room().succeeded();
        LOG.info("waiting until another spill file is stored: {}", lack);
        giants.disk().awaitFreed(freed, LONGEST_WAIT);
        if (control.ended()) {
            throw new RunEndedException("room in the spill directory");
        }
    }

    private void spillWithinBudget(SourceRow row, LoEvent event)
            throws LoFailureException, NoRoomException, RunEndedException, InterruptedException {
        if (!giants.disk().take(row.size().bytes())) {
            throw new RunEndedException("room in the spill directory");
        }
        boolean spilled = false;
        boolean noRoom = false;
        try {
            spillInto(row, event);
            spilled = true;
        } catch (NoRoomException e) {
            noRoom = true;
            throw e;
        } finally {
            if (noRoom) {
                giants.disk().giveBackUnused(row.size().bytes());
            } else if (!spilled) {
                giants.disk().giveBack(row.size().bytes());
            }
        }
    }

    private void spillInto(SourceRow row, LoEvent event)
            throws LoFailureException, NoRoomException, RunEndedException, InterruptedException {
        try {
            requireFree(row.size().bytes());
            spillInto(newFile(), row, event);
        } catch (IOException e) {
            throw failure(e, row);
        }
    }

    /** Other processes may share the disk: what is free now counts, not what was free at the start. */
    private void requireFree(long bytes) throws NoRoomException {
        if (giants.files().isThere() && freeBytes() < bytes) {
            throw new NoRoomException(
                    "nothing can be written to it: an object of " + bytes + " bytes, and fewer are free");
        }
    }

    private SpillWriter newFile() throws NoRoomException {
        try {
            return giants.files().newFile();
        } catch (IOException e) {
            if (!giants.files().isThere()) {
                throw new RunAborted(
                        RunAborted.Kind.FAULT,
                        "the spill directory " + giants.files() + " was removed during the run; keep what did that"
                                + " off it and run again",
                        e);
            }
            throw new NoRoomException(e);
        }
    }

    private void spillInto(SpillWriter writer, SourceRow row, LoEvent event)
            throws LoFailureException, IOException, RunEndedException, InterruptedException {
        boolean complete = false;
        try {
            Optional<PartHashes> parts =
                    giants.parts().apply(row.size().bytes()).map(PartHashes::new);
            String sha256 = write(row, writer, parts);
            writer.close();
            event.received(
                    new Payload.SpillFile(
                            writer.file(),
                            row.size().bytes(),
                            parts.map(PartHashes::hashed),
                            () -> release(writer.file(), row)),
                    sha256,
                    check.objectKey());
            complete = true;
        } finally {
            if (!complete) {
                writer.discard();
            }
        }
    }

    /** The object's own only if no other spill file was there, and there is room now that its file is gone again. */
    private LoFailureException failure(IOException e, SourceRow row) throws NoRoomException {
        if (giants.disk().used() > row.size().bytes()
                || freeBytes() < row.size().bytes()) {
            throw new NoRoomException(e);
        }
        return new LoFailureException(FailureReason.SPILL, "cannot be written to the spill directory: " + e, e);
    }

    private long freeBytes() {
        try {
            return giants.files().freeBytes();
        } catch (IOException e) {
            LOG.debug("free bytes of the spill directory: {}", e.toString());
            return 0;
        }
    }

    private String write(SourceRow row, SpillWriter writer, Optional<PartHashes> parts)
            throws LoFailureException, IOException, RunEndedException, InterruptedException {
        reader.readStream(row, new LargeObjectReader.Stream() {
            private boolean begun;

            @Override
            public void restart() throws IOException {
                check.begin(row);
                parts.ifPresent(PartHashes::restart);
                writer.restart();
            }

            @Override
            public void write(byte[] bytes, int offset, int count) throws IOException {
                check.update(bytes, offset, count);
                parts.ifPresent(hashes -> hashes.update(bytes, offset, count));
                writer.write(bytes, offset, count);
                if (!begun) {
                    begun = true;
                    // Others that waited for room need not wait until a giant is there.
                    giants.room().answers();
                }
            }
        });
        return check.verified();
    }

    private void release(Path file, SourceRow row) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("spill file {} could not be removed: {}", file, e.toString());
        }
        giants.disk().giveBack(row.size().bytes());
    }

    /** Nothing can be written now, whichever object it is. */
    private static final class NoRoomException extends Exception {
        private static final long serialVersionUID = 1L;

        NoRoomException(String lack) {
            super(lack);
        }

        NoRoomException(IOException cause) {
            super("nothing can be written to it: " + cause, cause);
        }
    }
}
