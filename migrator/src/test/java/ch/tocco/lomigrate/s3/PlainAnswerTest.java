package ch.tocco.lomigrate.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.tocco.lomigrate.http.ConnectionPool;
import ch.tocco.lomigrate.http.Exchange;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.crt.CRT;
import software.amazon.awssdk.crt.CrtRuntimeException;
import software.amazon.awssdk.crt.http.HttpClientConnection;
import software.amazon.awssdk.crt.http.HttpHeader;
import software.amazon.awssdk.crt.http.HttpHeaderBlock;
import software.amazon.awssdk.crt.http.HttpRequest;
import software.amazon.awssdk.crt.http.HttpStream;
import software.amazon.awssdk.crt.http.HttpStreamResponseHandler;

/** Whatever goes wrong in the client, the thread that waits for the answer is told, and the connection is given back once. */
@Timeout(30)
final class PlainAnswerTest {
    private static final int MAIN = HttpHeaderBlock.MAIN.getValue();

    /** AWS_ERROR_HTTP_CONNECTION_CLOSED. */
    private static final int CLOSED = 2058;

    private static final HttpHeader[] ETAG = {new HttpHeader("etag", "x")};

    private final FakePool pool = new FakePool();
    private final PutBody body = new PutBody(Content.of(new byte[] {1}));
    private final PlainAnswer<String> answer =
            new PlainAnswer<>("PUT", body, pool, received -> received.header("ETag"));

    private void send() {
        assertThat(answer.send(new HttpRequest("PUT", "/", new HttpHeader[0], body)))
                .isSameAs(answer);
    }

    private StoreException failure() {
        return (StoreException) catchThrowableOfType(ExecutionException.class, () -> answer.get(1, TimeUnit.SECONDS))
                .getCause();
    }

    private void assertGivenBackOnce() {
        assertThat(pool.released).containsExactly(pool.connection);
        assertThat(pool.watched).isEmpty();
    }

    @Test
    void answerWithAnEtagIsTheEtag() throws Exception {
        send();
        assertThat(pool.released).isEmpty();
        assertThat(pool.watched).containsExactly(answer);
        answer.onResponseHeaders(pool.connection.stream, 200, MAIN, ETAG);
        answer.onResponseComplete(pool.connection.stream, CRT.AWS_CRT_SUCCESS);
        assertThat(answer.get(1, TimeUnit.SECONDS)).isEqualTo("x");
        assertGivenBackOnce();
        assertThat(pool.connection.stream.closed).isEqualTo(1);
    }

    static Stream<Throwable> thrown() {
        return Stream.of(
                new OutOfMemoryError("injected"), new NoClassDefFoundError("injected"), new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void errorWhileTheRequestIsMadeEndsTheRun(Error e) {
        pool.connection.onMake = e;
        send();
        assertThat(failure().kind()).isEqualTo(FaultKind.RUN);
        assertGivenBackOnce();
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void errorWhileTheRequestIsStartedEndsTheRun(Error e) {
        pool.connection.stream.onActivate = e;
        send();
        assertThat(failure().kind()).isEqualTo(FaultKind.RUN);
        assertGivenBackOnce();
        assertThat(pool.connection.stream.closed).isEqualTo(1);
    }

    @Test
    void requestThatThePoolHasNoConnectionForPasses() {
        pool.lack = new IOException("none");
        send();
        assertThat(failure().kind()).isEqualTo(FaultKind.PASSING);
        assertThat(pool.released).isEmpty();
    }

    /** As a server may close it after an answer and not say so. */
    @Test
    void connectionThatWasClosedMeanwhileIsReplaced() throws Exception {
        pool.connection.closedAtFirst = 2;
        send();
        answer.onResponseHeaders(pool.connection.stream, 200, MAIN, ETAG);
        answer.onResponseComplete(pool.connection.stream, CRT.AWS_CRT_SUCCESS);
        assertThat(answer.get(1, TimeUnit.SECONDS)).isEqualTo("x");
        assertThat(pool.released).hasSize(3);
    }

    @Test
    void requestWithoutContentIsSentOnceMoreWhereTheConnectionWasClosedUnderIt() {
        PlainAnswer<Integer> head = new PlainAnswer<>("HEAD", null, pool, PlainAnswer::status);
        CompletableFuture<?> unused = head.send(new HttpRequest("HEAD", "/", new HttpHeader[0], null));
        head.onResponseComplete(pool.connection.stream, CLOSED);
        assertThat(head).isNotDone();
        head.onResponseComplete(pool.connection.stream, CLOSED);
        assertThat(head).isCompletedExceptionally();
        assertThat(pool.released).hasSize(2);
    }

    @Test
    void requestWithContentIsLeftToItsCallerWhereTheConnectionWasClosedUnderIt() {
        send();
        answer.onResponseComplete(pool.connection.stream, CLOSED);
        assertThat(failure().kind()).isEqualTo(FaultKind.PASSING);
        assertGivenBackOnce();
    }

    @Test
    void requestWhoseConnectionsAreAllClosedPasses() {
        pool.connection.closedAtFirst = 3;
        send();
        assertThat(failure().kind()).isEqualTo(FaultKind.PASSING);
        assertThat(pool.released).hasSize(3);
    }

    @Test
    void headersThatComeInPiecesAreAllRead() throws Exception {
        send();
        answer.onResponseHeaders(pool.connection.stream, 200, MAIN, new HttpHeader[] {new HttpHeader("a", "1")});
        answer.onResponseHeaders(pool.connection.stream, 200, MAIN, ETAG);
        answer.onResponseComplete(pool.connection.stream, CRT.AWS_CRT_SUCCESS);
        assertThat(answer.get(1, TimeUnit.SECONDS)).isEqualTo("x");
        assertThat(answer.header("A")).isEqualTo("1");
        assertThat(answer.header("b")).isEmpty();
    }

    @Test
    void answerWithoutAnyHeaderHasAStatus() throws Exception {
        PlainAnswer<Integer> delete = new PlainAnswer<>("DELETE", null, pool, PlainAnswer::status);
        CompletableFuture<?> unused = delete.send(new HttpRequest("DELETE", "/", new HttpHeader[0], null));
        delete.onResponseHeadersDone(pool.connection.stream, MAIN);
        delete.onResponseComplete(pool.connection.stream, CRT.AWS_CRT_SUCCESS);
        assertThat(delete.get(1, TimeUnit.SECONDS)).isEqualTo(204);
    }

    @Test
    void cancelledRequestIsNotSent() {
        answer.cancel(true);
        send();
        assertThat(failure()).hasMessage("PUT was cancelled");
        assertGivenBackOnce();
    }

    @Test
    void headersThatCannotBeReadFailTheRequestThoughItsStatusIsGood() {
        send();
        answer.onResponseHeaders(pool.connection.stream, 200, MAIN, new HttpHeader[] {null});
        answer.onResponseComplete(pool.connection.stream, CRT.AWS_CRT_SUCCESS);
        assertThat(failure()).hasMessageContaining("NullPointerException");
        assertGivenBackOnce();
    }

    @Test
    void errorWhileTheBodyIsReadIsWhatTheRequestEndsWith() {
        var broken = new PutBody(new Content() {
            @Override
            public long length() {
                return 1;
            }

            @Override
            public void read(long position, ByteBuffer into) {
                throw new OutOfMemoryError("injected");
            }
        });
        assertThatThrownBy(() -> broken.sendRequestBody(ByteBuffer.allocate(1))).isInstanceOf(OutOfMemoryError.class);
        var put = new PlainAnswer<>("PUT", broken, pool, received -> received.header("ETag"))
                .send(new HttpRequest("PUT", "/", new HttpHeader[0], broken));
        put.onResponseComplete(pool.connection.stream, 1);
        assertThat(put).isCompletedExceptionally();
        assertThat(put.handle((etag, e) -> ((StoreException) e).kind()).join()).isEqualTo(FaultKind.RUN);
        assertGivenBackOnce();
    }

    @Test
    void fileThatCannotBeReadIsASpillFailure() {
        var broken = new PutBody(new Content() {
            @Override
            public long length() {
                return 1;
            }

            @Override
            public void read(long position, ByteBuffer into) throws IOException {
                throw new IOException("injected");
            }
        });
        assertThat(broken.sendRequestBody(ByteBuffer.allocate(1))).isTrue();
        var put = new PlainAnswer<>("PUT", broken, pool, received -> received.header("ETag"))
                .send(new HttpRequest("PUT", "/", new HttpHeader[0], broken));
        put.onResponseComplete(pool.connection.stream, 1);
        assertThat(put.handle((etag, e) -> ((StoreException) e).reason()).join())
                .isEqualTo(FailureReason.SPILL);
    }

    @Test
    void errorWhileTheStreamIsClosedLosesNeitherAnswerNorConnection() {
        pool.connection.stream.onClose = new OutOfMemoryError("injected");
        send();
        answer.onResponseHeaders(pool.connection.stream, 200, MAIN, ETAG);
        answer.onResponseComplete(pool.connection.stream, CRT.AWS_CRT_SUCCESS);
        assertThat(failure().kind()).isEqualTo(FaultKind.RUN);
        assertGivenBackOnce();
    }

    @Test
    void refusalIsReadFromTheBody() {
        send();
        answer.onResponseHeaders(pool.connection.stream, 403, MAIN, new HttpHeader[0]);
        byte[] text = "<Error><Code>AccessDenied</Code></Error>".getBytes(StandardCharsets.US_ASCII);
        assertThat(answer.onResponseBody(pool.connection.stream, text)).isEqualTo(text.length);
        answer.onResponseComplete(pool.connection.stream, CRT.AWS_CRT_SUCCESS);
        assertThat(failure()).hasMessage("PUT: 403 AccessDenied");
    }

    /** One connection, handed out at once. */
    private static final class FakePool implements ConnectionPool {
        final FakeConnection connection = new FakeConnection();
        final List<HttpClientConnection> released = new ArrayList<>();
        final Set<Exchange<?>> watched = new HashSet<>();
        Throwable lack;

        @Override
        public CompletableFuture<HttpClientConnection> acquire() {
            return lack == null ? CompletableFuture.completedFuture(connection) : CompletableFuture.failedFuture(lack);
        }

        @Override
        public void release(HttpClientConnection given) {
            released.add(given);
        }

        @Override
        public void begun(Exchange<?> exchange) {
            watched.add(exchange);
        }

        @Override
        public void ended(Exchange<?> exchange) {
            watched.remove(exchange);
        }
    }

    /** Without a native one behind it. */
    private static final class FakeConnection extends HttpClientConnection {
        final FakeStream stream = new FakeStream();
        Error onMake;
        int closedAtFirst;

        FakeConnection() {
            super(1);
        }

        @Override
        public HttpStream makeRequest(HttpRequest request, HttpStreamResponseHandler handler) {
            if (onMake != null) {
                throw onMake;
            }
            if (closedAtFirst-- > 0) {
                throw new CrtRuntimeException(CLOSED);
            }
            return stream;
        }
    }

    /** Without a native one behind it. */
    private static final class FakeStream extends HttpStream {
        Error onActivate;
        Error onClose;
        int closed;

        FakeStream() {
            super(1);
        }

        @Override
        public int getResponseStatusCode() {
            return 204;
        }

        @Override
        public void activate() {
            if (onActivate != null) {
                throw onActivate;
            }
        }

        @Override
        public void close() {
            closed++;
            if (onClose != null) {
                throw onClose;
            }
        }
    }
}
