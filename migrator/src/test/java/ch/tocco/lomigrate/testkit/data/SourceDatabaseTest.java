package ch.tocco.lomigrate.testkit.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What goes into the source database comes out the same. */
@ExtendWith(Backends.class)
@Tag("slow")
final class SourceDatabaseTest {
    @Test
    void readsBackWhatItInserted(SourceDatabase database) throws Exception {
        byte[] content = "abc".getBytes(StandardCharsets.US_ASCII);
        var small = database.insert(content, "text/plain");
        var empty = database.insert(new byte[0], null);
        var large = database.insertGenerated(5, (1 << 20) + 17, "");
        var broken = new SourceRow("x".repeat(40), null, "a\nb", null, "0".repeat(64));
        database.insertRow(broken);

        assertThat(database.rows()).containsExactlyInAnyOrder(small, empty, large, broken);
        assertThat(database.digests(small.oid())).contains(Digests.of(content));
        assertThat(database.digests(empty.oid())).contains(Digests.of(new byte[0]));
        assertThat(database.digests(large.oid())).contains(Digests.of(GeneratedContent.bytes(5, (1 << 20) + 17)));
        assertThat(database.digests(1)).isEmpty();
        assertThat(database.sha2ByHash())
                .hasSize(4)
                .containsEntry(broken.hash(), broken.sha2())
                .containsEntry(small.hash(), null);
    }

    @Test
    void fillsManyObjectsOfGivenSizes(SourceDatabase database) throws Exception {
        database.fill(1000, 100, seed -> (int) (seed % 50) * 100 + 16, "image/png");

        var contents = database.digests();
        assertThat(database.rows()).hasSize(1000).allSatisfy(row -> {
            var digests = contents.get(row.oid());
            assertThat(digests.sha1()).isEqualTo(row.hash());
            assertThat(digests.size()).isEqualTo(row.size());
        });
    }

    @Test
    void readsTableWithoutSha2(PostgresServer server) throws Exception {
        var database = SourceDatabase.createWithoutSha2(server);
        var row = database.insert(new byte[] {1}, "text/plain");
        assertThat(database.rows()).containsExactly(row);
        assertThat(database.isFinalized()).isFalse();
    }

    /** A test that waits asks many times: the session is the same, as good as new, until the server has ended it. */
    @Test
    void questionsShareASessionThatKeepsNothing(SourceDatabase database) throws Exception {
        String pid = database.query("SELECT pg_backend_pid()").orElseThrow();
        assertThat(database.query("SELECT set_config('work_mem', '7MB', false)"))
                .contains("7MB");
        assertThat(database.query("SHOW work_mem")).isNotEqualTo(Optional.of("7MB"));
        assertThat(database.query("SELECT pg_backend_pid()")).contains(pid);
        database.execute("SELECT pg_terminate_backend(" + pid + ")");
        assertThat(database.query("SELECT pg_backend_pid()")).isPresent().isNotEqualTo(Optional.of(pid));
        assertThatThrownBy(() -> database.query("SELECT nothing")).hasMessageContaining("nothing");
        assertThat(database.query("SELECT 1")).contains("1");
    }

    @Test
    void seesWhetherTableIsFinalized(SourceDatabase database) throws Exception {
        String before = database.schema();
        database.execute("ALTER TABLE _nice_binary ALTER sha2 SET NOT NULL");
        assertThat(database.isFinalized()).isFalse();
        database.execute("CREATE UNIQUE INDEX _nice_binary_sha2_key ON _nice_binary (sha2)");
        assertThat(database.isFinalized()).isTrue();
        assertThat(database.schema()).isNotEqualTo(before);
    }
}
