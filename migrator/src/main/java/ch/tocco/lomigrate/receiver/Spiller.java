package ch.tocco.lomigrate.receiver;

import ch.tocco.lomigrate.control.RunEndedException;
import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.LoFailureException;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.lo.SourceRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Reads one large object into a spill file and checks it on the way. For one thread. */
final class Spiller {
    private static final Logger LOG = LogManager.getLogger(Spiller.class);

    private final LargeObjectReader reader;
    private final SpillDir directory;
    private final ByteBudget disk;
    private final ContentCheck check = new ContentCheck();

    /**
     * Makes a spiller.
     *
     * @param disk bytes of spill files of all threads together
     */
    Spiller(LargeObjectReader reader, SpillDir directory, ByteBudget disk) {
        this.reader = reader;
        this.directory = directory;
        this.disk = disk;
    }

    /** Reads the event's object; on return the event has its payload. */
    void spill(LoEvent event) throws LoFailureException, RunEndedException, InterruptedException {
        SourceRow row = event.row();
        if (row.size() > disk.capacity()) {
            throw new LoFailureException(
                    FailureReason.TOO_LARGE,
                    "object has " + row.size() + " bytes, the spill budget only " + disk.capacity()
                            + ": raise --spill-budget or choose another --spill-dir");
        }
        if (!disk.take(row.size())) {
            throw new RunEndedException("room in the spill directory");
        }
        boolean spilled = false;
        try {
            spill(row, event);
            spilled = true;
        } finally {
            if (!spilled) {
                disk.giveBack(row.size());
            }
        }
    }

    private void spill(SourceRow row, LoEvent event)
            throws LoFailureException, RunEndedException, InterruptedException {
        try {
            SpillWriter writer = directory.newFile();
            boolean complete = false;
            try {
                String sha256 = write(row, writer);
                writer.close();
                event.received(
                        new Payload.SpillFile(writer.file(), row.size(), () -> release(writer.file(), row)), sha256);
                complete = true;
            } finally {
                if (!complete) {
                    writer.discard();
                }
            }
        } catch (IOException e) {
            throw new LoFailureException(FailureReason.SPILL, "cannot be written to the spill directory: " + e, e);
        }
    }

    private String write(SourceRow row, SpillWriter writer)
            throws LoFailureException, IOException, RunEndedException, InterruptedException {
        reader.readStream(row, new LargeObjectReader.Stream() {
            @Override
            public void restart() throws IOException {
                check.begin();
                writer.restart();
            }

            @Override
            public void write(byte[] bytes, int offset, int count) throws IOException {
                check.update(bytes, offset, count);
                writer.write(bytes, offset, count);
            }
        });
        return check.verified(row);
    }

    private void release(Path file, SourceRow row) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("spill file {} could not be removed: {}", file, e.toString());
        }
        disk.giveBack(row.size());
    }
}
