package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.http.ConnectionPool;
import ch.tocco.lomigrate.http.Exchange;
import ch.tocco.lomigrate.store.StoreException;
import java.io.IOException;
import software.amazon.awssdk.crt.http.HttpRequest;

/**
 * One plain request under way: completes with what its answer means, or fails with a {@link StoreException}. Cancelling it only
 * passes the wish on: it is complete when the client has let go of the request, and of the bytes.
 *
 * @param <T> what the answer means
 */
final class PlainAnswer<T> extends Exchange<T> {
    /** What an answer with a good status means. */
    interface Meaning<T> {
        /**
         * Reads it.
         *
         * @throws StoreException the answer is none of an S3 server, or says that the store has other bytes
         */
        T of(PlainAnswer<?> answer) throws StoreException;
    }

    private final String operation;
    private final PutBody body; // null: the request has none
    private final Meaning<T> meaning;

    /**
     * Prepares it.
     *
     * @param operation name of the request, for messages
     * @param body of the request; null: none
     */
    PlainAnswer(String operation, PutBody body, ConnectionPool connections, Meaning<T> meaning) {
        super(connections);
        this.operation = operation;
        this.body = body;
        this.meaning = meaning;
    }

    /** Sends the request as soon as there is a connection for it; to be called once. */
    PlainAnswer<T> send(HttpRequest request) {
        begin(request, body == null);
        return this;
    }

    @Override
    protected long lastMoved() {
        long came = super.lastMoved();
        long went = body == null ? 0 : body.readAt();
        return went != 0 && went - came > 0 ? went : came;
    }

    @Override
    protected void answered() {
        if (body != null && body.failure() != null) {
            failed(body.failure());
        } else if (isSuccess()) {
            complete();
        } else {
            S3Error said = S3Error.parse(text());
            completeExceptionally(S3Faults.ofAnswer(operation, status(), said.code(), said.message(), null));
        }
    }

    private void complete() {
        T meant;
        try {
            meant = meaning.of(this);
        } catch (StoreException e) {
            completeExceptionally(e);
            return;
        }
        complete(meant);
    }

    String operation() {
        return operation;
    }

    @Override
    protected void failed(Throwable e) {
        Throwable said = e;
        try {
            said = fault(e);
        } finally {
            // Also where there was no memory to say it well.
            completeExceptionally(said);
        }
    }

    /** What went wrong with the content comes first: the rest follows from it. */
    private StoreException fault(Throwable e) {
        Throwable ofContent = body == null ? null : body.failure();
        if (ofContent instanceof IOException unreadable) {
            return S3Faults.ofContent(operation, unreadable);
        }
        return S3Faults.of(operation, ofContent == null ? e : ofContent);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        stop();
        return false;
    }
}
