package ch.tocco.lomigrate.benchmarks.put;

import ch.tocco.lomigrate.benchmarks.Baseline;
import ch.tocco.lomigrate.benchmarks.servers.Servers;
import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.s3.S3ObjectStore;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.StoredObject;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.http.crt.AwsCrtAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * What it costs to store one object, many at once, in a sink that costs next to nothing itself. Time per object; the
 * CPU time is the client's alone. The SDK needs some 100,000 requests until it is as fast as it gets: compare with
 * {@code --full}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 6, time = 1)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class PutBenchmark {
    /** Objects stored by one call of each benchmark. */
    private static final int PUTS = 128;

    /** As many as the CRT makes. */
    private static final int LOOPS = Runtime.getRuntime().availableProcessors();

    @Param({"1024", "102400", "1048576"})
    public int size;

    @Param("64")
    public int inFlight;

    private byte[] bytes;
    private StoredObject object;

    @Setup
    public void setUp() {
        bytes = GeneratedContent.bytes(size, size);
        Digests digests = Digests.of(bytes);
        Map<String, String> metadata = Map.of("sha1", digests.sha1(), "sha256", digests.sha256(), "oid", "1234567");
        object = new StoredObject(
                new ObjectKey(digests.sha256()), digests.sha256(), "application/octet-stream", metadata);
    }

    /** The tool's client. */
    @State(Scope.Thread)
    public static class Tool {
        S3ObjectStore store;

        @Setup
        public void open(PutBenchmark parameters) {
            store = new S3ObjectStore(Servers.store(), parameters.inFlight, FaultConfig.DEFAULT_REQUEST_TIMEOUT);
        }

        @TearDown
        public void close() {
            store.close();
        }
    }

    /** The tool's client over TLS. */
    @State(Scope.Thread)
    public static class ToolTls {
        S3ObjectStore store;

        @Setup
        public void open(PutBenchmark parameters) throws IOException {
            store = new S3ObjectStore(Servers.tlsStore(), parameters.inFlight, FaultConfig.DEFAULT_REQUEST_TIMEOUT);
        }

        @TearDown
        public void close() {
            store.close();
        }
    }

    /** Netty, with as many event loops as the tool's client has. */
    @State(Scope.Thread)
    public static class Netty {
        NettyPuts puts;

        @Setup
        public void open(PutBenchmark parameters) throws IOException {
            puts = new NettyPuts(Servers.store(), parameters.inFlight, LOOPS);
        }

        @TearDown
        public void close() {
            puts.close();
        }
    }

    /** The same over TLS. */
    @State(Scope.Thread)
    public static class NettyTls {
        NettyPuts puts;

        @Setup
        public void open(PutBenchmark parameters) throws IOException {
            puts = new NettyPuts(Servers.tlsStore(), parameters.inFlight, LOOPS);
        }

        @TearDown
        public void close() {
            puts.close();
        }
    }

    /** The SDK's client with its defaults: CRC32 in a trailer, signed chunks, its own retries. */
    @State(Scope.Thread)
    public static class Sdk {
        S3AsyncClient client;

        @Setup
        public void open(PutBenchmark parameters) {
            S3Config config = Servers.store();
            S3Config.Keys keys = config.keys().orElseThrow();
            client = S3AsyncClient.builder()
                    .httpClientBuilder(AwsCrtAsyncHttpClient.builder().maxConcurrency(parameters.inFlight))
                    .endpointOverride(config.endpoint())
                    .region(Region.of(config.region()))
                    .forcePathStyle(true)
                    .credentialsProvider(StaticCredentialsProvider.create(
                            AwsBasicCredentials.create(keys.accessKey(), keys.secretKey())))
                    .build();
        }

        @TearDown
        public void close() {
            client.close();
        }
    }

    /** The SDK's client at its best. */
    @State(Scope.Thread)
    public static class SdkBest {
        SdkPuts puts;

        @Setup
        public void open(PutBenchmark parameters) {
            puts = new SdkPuts(Servers.store(), parameters.inFlight);
        }

        @TearDown
        public void close() {
            puts.close();
        }
    }

    /** Sockets without a client. */
    @State(Scope.Thread)
    public static class Raw {
        RawPuts puts;
        ByteBuffer request;

        @Setup
        public void open(PutBenchmark parameters) throws IOException {
            puts = new RawPuts(Servers.store().endpoint().getPort(), parameters.inFlight);
            request = RawPuts.request(parameters.bytes);
        }

        @TearDown
        public void close() throws IOException {
            puts.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(PUTS)
    public int tool(Tool tool) throws InterruptedException {
        return putAll(() -> tool.store.put(object, Content.of(bytes)));
    }

    @Benchmark
    @OperationsPerInvocation(PUTS)
    public int toolTls(ToolTls tool) throws InterruptedException {
        return putAll(() -> tool.store.put(object, Content.of(bytes)));
    }

    @Benchmark
    @OperationsPerInvocation(PUTS)
    public int netty(Netty netty) throws InterruptedException {
        return putAll(() -> netty.puts.put(object, bytes));
    }

    @Benchmark
    @OperationsPerInvocation(PUTS)
    public int nettyTls(NettyTls netty) throws InterruptedException {
        return putAll(() -> netty.puts.put(object, bytes));
    }

    @Benchmark
    @Baseline
    @OperationsPerInvocation(PUTS)
    public int sdkDefaults(Sdk sdk) throws InterruptedException {
        return putAll(() -> sdk.client.putObject(
                put -> put.bucket("bucket")
                        .key(object.key().text())
                        .contentType(object.contentType())
                        .metadata(object.metadata()),
                AsyncRequestBody.fromBytes(bytes)));
    }

    /** Unsigned. */
    @Benchmark
    @OperationsPerInvocation(PUTS)
    public int sdkBest(SdkBest sdk) throws InterruptedException {
        return putAll(() -> sdk.puts.put(object, bytes));
    }

    @Benchmark
    @OperationsPerInvocation(PUTS)
    public int rawSockets(Raw raw) throws IOException {
        int stored = 0;
        for (int i = 0; i < PUTS / inFlight; i++) {
            stored += raw.puts.putOnEach(raw.request);
        }
        if (stored != PUTS) {
            throw new IllegalStateException("stored " + stored);
        }
        return stored;
    }

    private int putAll(Supplier<? extends CompletableFuture<?>> put) throws InterruptedException {
        Semaphore permits = new Semaphore(inFlight);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < PUTS; i++) {
            permits.acquire();
            CompletableFuture<?> unused = put.get().whenComplete((stored, e) -> {
                failure.compareAndSet(null, e);
                permits.release();
            });
        }
        permits.acquire(inFlight);
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
        return PUTS;
    }
}
