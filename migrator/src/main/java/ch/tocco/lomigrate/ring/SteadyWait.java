package ch.tocco.lomigrate.ring;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.WaitStrategy;

/**
 * Waits as another strategy does, and takes whatever goes wrong while waiting, memory that is used up or a stray
 * interrupt, for silence. To the library's event loop it would be the failure of the slot that was waited for, which it
 * then skips: an object would be lost, or the end marker.
 */
final class SteadyWait implements WaitStrategy {
    private final WaitStrategy inner;

    SteadyWait(WaitStrategy inner) {
        this.inner = inner;
    }

    @Override
    public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier)
            throws AlertException, TimeoutException {
        try {
            return inner.waitFor(sequence, cursor, dependent, barrier);
        } catch (AlertException | TimeoutException e) {
            throw e;
        } catch (Throwable e) {
            throw TimeoutException.INSTANCE;
        }
    }

    @Override
    public void signalAllWhenBlocking() {
        inner.signalAllWhenBlocking();
    }
}
