package ch.tocco.lomigrate.benchmarks;

import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to hash one object. The receivers take SHA-1 and SHA-256 over the same bytes; MD5 is what a store asks
 * for where it cannot verify a SHA-256.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class HashingBenchmark {
    @Param({"1024", "16384", "1048576", "16777216"})
    public int size;

    private byte[] bytes;
    private MessageDigest sha1;
    private MessageDigest sha256;
    private MessageDigest md5;

    @Setup
    public void setUp() throws NoSuchAlgorithmException {
        bytes = GeneratedContent.bytes(size, size);
        sha1 = MessageDigest.getInstance("SHA-1");
        sha256 = MessageDigest.getInstance("SHA-256");
        md5 = MessageDigest.getInstance("MD5");
        requireKnownAnswers();
    }

    /** The answers for "abc" are those of FIPS 180 and RFC 1321. */
    private void requireKnownAnswers() {
        requireAnswer(sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
        requireAnswer(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        requireAnswer(md5, "900150983cd24fb0d6963f7d28e17f72");
    }

    private static void requireAnswer(MessageDigest digest, String expected) {
        byte[] actual = digest.digest(new byte[] {'a', 'b', 'c'});
        if (!Arrays.equals(actual, HexFormat.of().parseHex(expected))) {
            throw new IllegalStateException(digest + " is wrong");
        }
    }

    @Benchmark
    public byte[] sha1() {
        return sha1.digest(bytes);
    }

    @Benchmark
    @Baseline
    public byte[] sha256() {
        return sha256.digest(bytes);
    }

    /** As the receivers do it, the hexadecimal digits included. */
    @Benchmark
    public int sha1AndSha256() {
        sha1.update(bytes);
        sha256.update(bytes);
        String first = HexFormat.of().formatHex(sha1.digest());
        String second = HexFormat.of().formatHex(sha256.digest());
        return first.length() + second.length();
    }

    @Benchmark
    public byte[] md5() {
        return md5.digest(bytes);
    }
}
