package ch.tocco.lomigrate.report;

import ch.tocco.lomigrate.books.FailureReport;
import ch.tocco.lomigrate.lo.LoFailure;
import java.util.ArrayList;
import java.util.List;

/** The objects that failed first; of the others it keeps how many there were, as a report is to be read. Thread-safe. */
public final class FirstFailures implements FailureReport {
    /** Some 300 bytes each. */
    static final int MOST = 1000;

    private final List<LoFailure> failures = new ArrayList<>();
    private long leftOut;

    @Override
    public synchronized void failed(LoFailure failure, int attempts) {
        if (failures.size() < MOST) {
            failures.add(failure);
        } else {
            leftOut++;
        }
    }

    synchronized List<LoFailure> failures() {
        return List.copyOf(failures);
    }

    synchronized long leftOut() {
        return leftOut;
    }
}
