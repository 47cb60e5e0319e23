package ch.tocco.lomigrate.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** The file of failed objects is JSON Lines, whatever the database and the servers say. */
final class FailuresFileTest {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build()
            .readerFor(JsonNode.class);

    @TempDir
    private Path temp;

    @Test
    void eachFailureIsAnObjectOnALineOfItsOwn() throws Exception {
        Path file = temp.resolve("failures");
        Files.writeString(file, "of an earlier run\n");
        try (FailuresFile failures = FailuresFile.create(file)) {
            failures.failed(new LoFailure(FailureReason.MISSING, "ab", "7", 42L, "no such large object"), 1);
            failures.failed(new LoFailure(FailureReason.UNAVAILABLE, "cd", "8", 0L, "PUT: 503"), 2);
            assertThat(Files.readAllLines(file)).as("written as it happens").hasSize(2);
        }

        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        JsonNode first = JSON.readValue(lines.get(0));
        assertThat(first.propertyNames())
                .containsExactly("oid", "hash", "size", "stage", "reason", "message", "attempts");
        assertThat(first.get("oid").stringValue()).isEqualTo("7");
        assertThat(first.get("hash").stringValue()).isEqualTo("ab");
        assertThat(first.get("size").longValue()).isEqualTo(42);
        assertThat(first.get("stage").stringValue()).isEqualTo("receiver");
        assertThat(first.get("reason").stringValue()).isEqualTo("MISSING");
        assertThat(first.get("message").stringValue()).isEqualTo("no such large object");
        assertThat(first.get("attempts").intValue()).isEqualTo(1);
        assertThat(JSON.<JsonNode>readValue(lines.get(1)).get("attempts").intValue())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"",
                "\\",
                "\\\"",
                "a\"b\\c/d",
                "\"},{\"oid\":\"1",
                "line\nbreak\r\nand\ttab",
                "\0\u0001\u001f",
                "\u007f\u0080\u009f",
                "\u2028 and \u2029",
                "gr\u00fcezi \u20ac \ud83d\ude00",
                "\ufeff\uffff",
                "\\u0022",
                "</script>"
            })
    void hostileTextComesBackAsItWas(String text) throws Exception {
        String line = FailuresFile.line(new LoFailure(FailureReason.HASH_MISMATCH, text, text, null, text), 1);

        assertThat(line).endsWith("\n");
        assertThat(line.strip().chars()).noneMatch(c -> c < ' ');
        JsonNode json = JSON.readValue(line);
        assertThat(json.get("hash").stringValue()).isEqualTo(text);
        assertThat(json.get("oid").stringValue()).isEqualTo(text);
        assertThat(json.get("size").isNull()).isTrue();
        if (text.chars().noneMatch(Character::isISOControl)) {
            assertThat(json.get("message").stringValue()).isEqualTo(text);
        }
    }

    @Test
    void halfACharacterDoesNotBreakTheFile() throws Exception {
        Path file = temp.resolve("failures");
        try (FailuresFile failures = FailuresFile.create(file)) {
            failures.failed(new LoFailure(FailureReason.MALFORMED_HASH, "a\ud83d", null, null, "\ude00b"), 1);
        }
        assertThat(Files.readAllLines(file))
                .singleElement()
                .satisfies(line -> assertThat(
                                JSON.<JsonNode>readValue(line).get("oid").isNull())
                        .isTrue());
    }

    @Test
    void linesOfSeveralThreadsDoNotMix() throws Exception {
        Path file = temp.resolve("failures");
        int threads = 4;
        int each = 200;
        CountDownLatch done = new CountDownLatch(threads);
        try (FailuresFile failures = FailuresFile.create(file)) {
            for (int i = 0; i < threads; i++) {
                int first = i * each;
                new Thread(() -> {
                            for (int oid = first; oid < first + each; oid++) {
                                failures.failed(failure(oid), 1);
                            }
                            done.countDown();
                        })
                        .start();
            }
            done.await();
        }
        Set<String> oids = new TreeSet<>();
        for (String line : Files.readAllLines(file)) {
            oids.add(JSON.<JsonNode>readValue(line).get("oid").stringValue());
        }
        assertThat(oids).hasSize(threads * each);
    }

    @Test
    void fullDiskDoesNotEndTheRun() throws Exception {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        assertThatCode(() -> {
                    try (FailuresFile failures = FailuresFile.create(full)) {
                        failures.failed(failure(1), 1);
                        failures.failed(failure(2), 1);
                    }
                })
                .doesNotThrowAnyException();
    }

    private static LoFailure failure(int oid) {
        return new LoFailure(FailureReason.REFUSED, "h", Integer.toString(oid), 1L, "m".repeat(100));
    }
}
