package ch.tocco.lomigrate.cli;

import static ch.tocco.lomigrate.cli.CommandLines.config;
import static ch.tocco.lomigrate.cli.CommandLines.mistakes;
import static ch.tocco.lomigrate.cli.CommandLines.required;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.config.Shard;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code --shard auto/N} makes of what an engine tells. */
final class ShardOfEngineTest {
    private static CommandLine read(Map<String, String> environment) {
        return CommandLineReader.read(required("--shard=auto/16"), CommandLines.with(environment));
    }

    @ParameterizedTest
    @CsvSource({
        "SLURM_ARRAY_TASK_ID, 1, 1",
        "SLURM_ARRAY_TASK_ID, 16, 16",
        "JOB_COMPLETION_INDEX, 0, 1",
        "JOB_COMPLETION_INDEX, 15, 16",
        "AWS_BATCH_JOB_ARRAY_INDEX, 0, 1",
        "AWS_BATCH_JOB_ARRAY_INDEX, 15, 16"
    })
    void indexIsCountedAsTheEngineCounts(String variable, String value, int number) {
        assertThat(config(read(Map.of(variable, value))).run().shard()).contains(new Shard(number, 16));
    }

    @ParameterizedTest
    @CsvSource({
        "SLURM_ARRAY_TASK_ID, 0, from 1 to 16",
        "SLURM_ARRAY_TASK_ID, 17, from 1 to 16",
        "JOB_COMPLETION_INDEX, 16, from 0 to 15",
        "AWS_BATCH_JOB_ARRAY_INDEX, -1, from 0 to 15",
        "JOB_COMPLETION_INDEX, 4294967296, from 0 to 15",
        "JOB_COMPLETION_INDEX, seven, from 0 to 15"
    })
    void indexOutsideTheShardsIsRefused(String variable, String value, String allowed) {
        assertThat(mistakes(read(Map.of(variable, value))))
                .containsExactly("--shard auto/16 needs " + variable + " " + allowed + ", not '" + value + "'");
    }

    @Test
    void twoEnginesAreRefused() {
        assertThat(mistakes(read(Map.of("SLURM_ARRAY_TASK_ID", "3", "JOB_COMPLETION_INDEX", "3"))))
                .singleElement()
                .asString()
                .contains("SLURM_ARRAY_TASK_ID and JOB_COMPLETION_INDEX are set");
    }

    /** Slurm sets its variable also for a step that someone starts by hand, where the shard is written out. */
    @Test
    void writtenShardTakesNoNoticeOfAnEngine() {
        CommandLine read =
                CommandLineReader.read(required("--shard=2/3"), CommandLines.with(Map.of("SLURM_ARRAY_TASK_ID", "9")));
        assertThat(config(read).run().shard()).contains(new Shard(2, 3));
    }
}
