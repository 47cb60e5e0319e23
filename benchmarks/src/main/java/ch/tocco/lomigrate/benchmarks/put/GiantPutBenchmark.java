package ch.tocco.lomigrate.benchmarks.put;

import ch.tocco.lomigrate.benchmarks.Baseline;
import ch.tocco.lomigrate.benchmarks.servers.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * What it costs to store large files in parts, in a sink that costs next to nothing itself. Time and client CPU of one
 * MiB: 1000 us are 1000 MiB per second.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GiantPutBenchmark {
    private static final int MIB = 256;

    /** Any 16 bytes: to be given one makes the native client compute one of each part instead. */
    private static final String SOME_MD5 = "AAAAAAAAAAAAAAAAAAAAAA==";

    /** How many files the bytes are in. */
    @Param({"1", "4"})
    public int files;

    private SpillFiles spilled;

    @Setup
    public void makeFiles() throws IOException {
        spilled = new SpillFiles(files, MIB / files);
    }

    @TearDown
    public void deleteFiles() throws IOException {
        spilled.close();
    }

    /** The tool's way. */
    @State(Scope.Thread)
    public static class Tool {
        GiantLane lane;

        @Setup
        public void open() {
            lane = new GiantLane(Servers.store());
        }

        @TearDown
        public void close() {
            lane.close();
        }
    }

    /** The SDK's native S3 client. */
    @State(Scope.Thread)
    public static class Crt {
        S3AsyncClient client;

        @Setup
        public void open() {
            client = GiantClients.crt(Servers.store());
        }

        @TearDown
        public void close() {
            client.close();
        }
    }

    /** The SDK's client in Java with its own multipart uploads. */
    @State(Scope.Thread)
    public static class Java {
        S3AsyncClient client;

        @Setup
        public void open() {
            client = GiantClients.java(Servers.store());
        }

        @TearDown
        public void close() {
            client.close();
        }
    }

    /** Parts of 20 MiB, eight at once, each with its SHA-256 for the store to verify. */
    @Benchmark
    @OperationsPerInvocation(MIB)
    public void tool(Tool tool) throws InterruptedException, ExecutionException {
        tool.lane.store(spilled.files());
    }

    /** Nothing that the store could verify a part by. */
    @Benchmark
    @OperationsPerInvocation(MIB)
    public void crtUnverified(Crt crt) {
        each(file -> crt.client.putObject(request(file).build(), file));
    }

    /** The MD5 of each part, computed by the client. */
    @Benchmark
    @Baseline
    @OperationsPerInvocation(MIB)
    public void crtMd5(Crt crt) {
        each(file -> crt.client.putObject(request(file).contentMD5(SOME_MD5).build(), file));
    }

    /** Nothing that the store could verify a part by but what the SDK signs. */
    @Benchmark
    @OperationsPerInvocation(MIB)
    public void javaMultipart(Java java) {
        each(file -> java.client.putObject(request(file).build(), AsyncRequestBody.fromFile(file)));
    }

    private static PutObjectRequest.Builder request(Path file) {
        return PutObjectRequest.builder()
                .bucket("bucket")
                .key(file.getFileName().toString())
                .contentType("application/octet-stream");
    }

    private void each(Function<Path, CompletableFuture<?>> put) {
        List<CompletableFuture<?>> stored = new ArrayList<>();
        spilled.files().forEach(file -> stored.add(put.apply(file)));
        stored.forEach(CompletableFuture::join);
    }
}
