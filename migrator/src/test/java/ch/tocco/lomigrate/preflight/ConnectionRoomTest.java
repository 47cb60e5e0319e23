package ch.tocco.lomigrate.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.config.TuningConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** When a run is refused, or warned, because PostgreSQL has too few connections left. */
final class ConnectionRoomTest {
    private static ConnectionRoom room(Optional<Shard> shard) {
        return new ConnectionRoom(
                new TuningConfig(
                        1024, 1024, 1024, 8, 128, 2, 500, 1 << 20, 96 << 20, Path.of("unused"), OptionalLong.empty()),
                shard);
    }

    @Test
    void runThatWouldTakeTheLastConnectionsIsRefusedWithBothNumbers() {
        ConnectionRoom room = room(Optional.empty());
        assertThat(room.judge(room.needed() - 2, 0))
                .singleElement()
                .satisfies(finding -> assertThat(finding.level()).isEqualTo(Finding.Level.FAIL))
                .satisfies(finding -> assertThat(finding.message())
                        .contains("up to " + room.needed() + " connections", room.needed() - 2 + " are left"));
    }

    @Test
    void runThatFitsIsNotWarned() {
        ConnectionRoom room = room(Optional.empty());
        assertThat(room.judge(room.needed(), 0)).extracting(Finding::level).containsExactly(Finding.Level.OK);
    }

    @Test
    void shardsThatDoNotFitTogetherAreWarnedHowManyDo() {
        ConnectionRoom room = room(Optional.of(new Shard(3, 16)));
        assertThat(room.judge(90, 7)).extracting(Finding::level).containsExactly(Finding.Level.OK, Finding.Level.WARN);
        assertThat(room.judge(90, 7).get(1).message())
                .contains("all 16 shards together need up to " + 16 * room.needed())
                .contains("room for 97: let at most " + 97 / room.needed());
    }

    @Test
    void shardsThatFitTogetherAreNotWarned() {
        ConnectionRoom room = room(Optional.of(new Shard(1, 2)));
        assertThat(room.judge(2L * room.needed(), 0)).extracting(Finding::level).containsExactly(Finding.Level.OK);
    }
}
