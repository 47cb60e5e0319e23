package ch.tocco.lomigrate.testkit.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each fault is what the client sees, and fair weather leaves the bytes alone. */
@Timeout(60)
final class FaultProxyTest {
    private ServerSocket echo;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread server = new Thread(this::serve, "echo");
        server.setDaemon(true);
        server.start();
        proxy = FaultProxy.to("127.0.0.1", echo.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    private void serve() {
        try {
            while (true) {
                Socket client = echo.accept();
                Thread thread = new Thread(() -> echo(client), "echo-client");
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static void echo(Socket client) {
        try (client) {
            client.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            // Some of the tests break the connection.
        }
    }

    @Test
    void fairWeatherPassesAllBytesAndTheEnd() throws Exception {
        try (Socket client = connect()) {
            byte[] bytes = GeneratedContent.bytes(1, 100_000);
            client.getOutputStream().write(bytes);
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes);
        }
        Await.until(Duration.ofSeconds(30), "connection gone", () -> proxy.open() == 0);
    }

    @Test
    void refusesUntilItAcceptsAgainOnTheSamePort() throws Exception {
        try (Socket client = connect()) {
            assertThat(ask(client, "a")).isEqualTo("a");
            proxy.refuse();
            assertThatThrownBy(() -> ask(client, "b")).isInstanceOf(SocketException.class);
        }
        assertThatThrownBy(() -> connect().close()).isInstanceOf(ConnectException.class);
        proxy.accept();
        try (Socket client = connect()) {
            assertThat(ask(client, "c")).isEqualTo("c");
        }
    }

    @Test
    void blackHoleAcceptsAndSaysNothingUntilItClearsUp() throws Exception {
        proxy.weather(FaultProxy.Weather.BLACK_HOLE);
        try (Socket client = connect()) {
            client.setSoTimeout(200);
            assertThatThrownBy(() -> ask(client, "a")).isInstanceOf(SocketTimeoutException.class);
            client.setSoTimeout(0);
            proxy.weather(FaultProxy.Weather.FAIR);
            assertThat(client.getInputStream().read()).isEqualTo('a');
        }
    }

    @Test
    void delaysAndDrips() throws Exception {
        try (Socket client = connect()) {
            proxy.weather(FaultProxy.Weather.latency(Duration.ofMillis(50)));
            long begun = System.nanoTime();
            assertThat(ask(client, "a")).isEqualTo("a");
            assertThat(System.nanoTime() - begun).isGreaterThan(90_000_000);

            proxy.weather(FaultProxy.Weather.drip(2, Duration.ofMillis(20)));
            begun = System.nanoTime();
            assertThat(ask(client, "0123456789")).isEqualTo("0123456789");
            assertThat(System.nanoTime() - begun).isGreaterThan(90_000_000);
        }
    }

    @Test
    void answersInPlaceOfTheServer() throws Exception {
        proxy.weather(FaultProxy.Weather.answering("no"));
        try (Socket client = connect()) {
            client.getOutputStream().write(1);
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .isEqualTo("no");
        }
    }

    @Test
    void breaksWhereTheRequestSaysSo() throws Exception {
        Trigger trigger = Trigger.onRequest("COM+IT").skip(1);
        proxy.arm(trigger);
        try (Socket client = connect()) {
            assertThat(ask(client, "COMMIT")).isEqualTo("COMMIT");
            assertThat(ask(client, "COM")).isEqualTo("COM");
            assertThatThrownBy(() -> ask(client, "MIT")).isInstanceOf(SocketException.class);
        }
        assertThat(trigger.fired()).isEqualTo(1);
        try (Socket client = connect()) {
            assertThat(ask(client, "COMMIT")).isEqualTo("COMMIT");
        }
    }

    @Test
    void losesTheAnswer() throws Exception {
        Trigger trigger = Trigger.onRequest("UPDATE").onAnswer("DONE");
        proxy.arm(trigger);
        try (Socket client = connect()) {
            assertThat(ask(client, "DONE")).isEqualTo("DONE");
            assertThat(ask(client, "UPDATE")).isEqualTo("UPDATE");
            assertThatThrownBy(() -> ask(client, "DONE")).isInstanceOf(SocketException.class);
        }
        assertThat(trigger.fired()).isEqualTo(1);
    }

    @Test
    void breaksAfterSoManyBytesOfTheAnswerOrOfTheRequest() throws Exception {
        proxy.arm(Trigger.onRequest("GET").afterAnswerBytes(5));
        try (Socket client = connect()) {
            assertThat(ask(client, "GET")).isEqualTo("GET");
            assertThatThrownBy(() -> ask(client, "123")).isInstanceOf(SocketException.class);
        }
        proxy.arm(Trigger.onRequest("PUT").afterRequestBytes(4));
        try (Socket client = connect()) {
            assertThat(ask(client, "PUT")).isEqualTo("PUT");
            assertThat(ask(client, "123")).isEqualTo("123");
            assertThatThrownBy(() -> ask(client, "45678")).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void endsTheAnswersOnly() throws Exception {
        proxy.arm(Trigger.onRequest("GET").onAnswer("T").halfClose());
        try (Socket client = connect()) {
            client.getOutputStream().write("GET".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.getOutputStream().write('x');
        }
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    }

    /** Sends the text and reads as much. */
    private static String ask(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        byte[] answer = client.getInputStream().readNBytes(text.length());
        if (answer.length < text.length()) {
            throw new SocketException("end of file");
        }
        return new String(answer, StandardCharsets.ISO_8859_1);
    }
}
