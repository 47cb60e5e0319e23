package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.wire.FaultProxy.Weather;
import ch.tocco.lomigrate.testkit.wire.Trigger;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs while the store or the network to it fails in every way that is known from the field. */
@Tag("slow")
final class StoreFaultsIT extends FaultFixture {
    private static final String SLOW_DOWN_BODY =
            "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>";
    private static final String SLOW_DOWN =
            "HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: " + SLOW_DOWN_BODY.length()
                    + "\r\nConnection: close\r\n\r\n" + SLOW_DOWN_BODY;

    /** Moments at which a connection to the store breaks, and how often it does. */
    static Stream<Named<Trigger>> storeMoments() {
        return Stream.of(
                Named.of(
                        "in mid put",
                        Trigger.onRequest("PUT /\\S+ HTTP")
                                .afterRequestBytes(300_000)
                                .times(4)),
                Named.of(
                        "in mid part",
                        Trigger.onRequest("PUT /\\S+partNumber=2\\S+ HTTP")
                                .afterRequestBytes(1_000_000)
                                .times(2)),
                Named.of(
                        "put done but answer lost",
                        Trigger.onRequest("PUT /\\S+ HTTP")
                                .onAnswer("HTTP/1.1 200")
                                .skip(20)
                                .times(10)),
                Named.of(
                        "upload to complete",
                        Trigger.onRequest("POST /\\S+\\?uploadId=").times(2)),
                Named.of(
                        "upload completed but answer lost",
                        Trigger.onRequest("POST /\\S+\\?uploadId=").onAnswer("HTTP/1.1 200")),
                Named.of("length asked", Trigger.onRequest("HEAD /\\S+").skip(0).times(2)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("storeMoments")
    void goesOnAfterBrokenConnectionToTheStore(Trigger trigger) throws Exception {
        rig.s3.arm(trigger);
        rig.run(0);
        assertThat(trigger.fired()).as(rig.log()).isPositive();
        rig.assertComplete();
    }

    /** No process knows its id, so it waits for a start that finds it old enough. */
    @Test
    void uploadThatWasBegunThoughTheAnswerWasLostIsLeftToALaterStart() throws Exception {
        Trigger trigger = Trigger.onRequest("POST /\\S+\\?uploads").onAnswer("HTTP/1.1 200");
        rig.s3.arm(trigger);
        rig.run(0);
        assertThat(trigger.fired()).as(rig.log()).isPositive();
        rig.assertCompleteButUploads();
    }

    /** The store goes away for a while and comes back. */
    static Stream<Named<Act>> storeOutages() {
        return Stream.of(
                Named.<Act>of("refuses connections", rig -> {
                    rig.s3.refuse();
                    rig.awaitLog("the store is away");
                    Thread.sleep(1000);
                    rig.s3.accept();
                }),
                Named.<Act>of("slow down", rig -> {
                    rig.s3.weather(Weather.answering(SLOW_DOWN));
                    rig.s3.resetAll();
                    rig.awaitLog("503 SlowDown");
                    Thread.sleep(1000);
                    rig.s3.weather(Weather.FAIR);
                }),
                Named.<Act>of("silent", rig -> silent(rig, rig.s3, "the store is away")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("storeOutages")
    void waitsUntilTheStoreIsBack(Act outage) throws Exception {
        sitOut(outage);
        assertThat(rig.log()).contains("the store is back");
        rig.assertComplete();
    }

    @Test
    void slowNetworkIsNoOutage() throws Exception {
        rig.postgres.weather(Weather.latency(Duration.ofMillis(20)));
        rig.s3.weather(Weather.drip(32_000, Duration.ofMillis(2)));
        // ten seconds without a byte are no network; fewer may be a machine that is busy
        rig.run(0, "--request-timeout", "10", "--outage-timeout", "0");
        assertThat(rig.log()).doesNotContain("is away");
        rig.assertComplete();
    }

    @Test
    void outageBeyondTheTimeoutEndsTheRunAndLosesNothing() throws Exception {
        outlastsTheTimeout(rig.s3);
    }
}
