package ch.tocco.lomigrate.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoFailureException;
import ch.tocco.lomigrate.lo.RowContent.InRow;
import ch.tocco.lomigrate.lo.RowKey;
import ch.tocco.lomigrate.lo.Size;
import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.mapping.Mappings;
import ch.tocco.lomigrate.source.ContentSql;
import ch.tocco.lomigrate.source.Resolver;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A value of a row that is replaced while its pieces are read: all of them are of the value that was listed. */
@ExtendWith(Backends.class)
@Timeout(120)
final class InRowReaderIT {
    private static final int SIZE = 6_000_000;

    private final RunControl control = new RunControl();

    /** EXTENDED compresses this content, EXTERNAL does not; either way the old pieces are still there for the reader. */
    @ParameterizedTest
    @ValueSource(strings = {"EXTENDED", "EXTERNAL"})
    void valueThatIsReplacedInMidReadIsReadToItsEnd(String storage, SourceDatabase database) throws Exception {
        database.execute("CREATE TABLE f (id text PRIMARY KEY, c bytea); ALTER TABLE f ALTER c SET STORAGE " + storage);
        byte[] content = content(1);
        put(database, content, true);
        boolean compressed = database.query("SELECT pg_column_size(c) < octet_length(c) FROM f")
                .orElseThrow()
                .equals("t");
        assertThat(compressed).isEqualTo(storage.equals("EXTENDED"));
        SourceRow row = listed(database);
        var read = new ByteArrayOutputStream();
        try (var session = Sessions.session(Sessions.connections(database), control)) {
            var reader =
                    new LargeObjectReader(session, control, new Counters().timings(), new ContentSql(sql(database)));
            reader.readStream(row, new LargeObjectReader.Stream() {
                @Override
                public void restart() {
                    read.reset();
                }

                @Override
                public void write(byte[] bytes, int offset, int count) throws IOException {
                    if (read.size() == 0) {
                        replace(database);
                    }
                    read.write(bytes, offset, count);
                }
            });
            assertThat(read.toByteArray()).isEqualTo(content);

            assertThatThrownBy(() -> reader.readStream(row, new Ignoring()))
                    .as("the row has another version now")
                    .isInstanceOfSatisfying(
                            LoFailureException.class,
                            e -> assertThat(e.reason()).isEqualTo(FailureReason.MISSING));
        }
    }

    private static void replace(SourceDatabase database) throws IOException {
        try {
            put(database, content(2), false);
            database.execute("VACUUM f");
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    private static void put(SourceDatabase database, byte[] content, boolean insert) throws SQLException {
        try (var connection = database.connect();
                var statement = connection.prepareStatement(
                        insert ? "INSERT INTO f VALUES ('it''s \\ a key', ?)" : "UPDATE f SET c = ?")) {
            statement.setBytes(1, content);
            statement.executeUpdate();
        }
    }

    /** Half of it can be compressed. */
    private static byte[] content(int seed) {
        byte[] content = GeneratedContent.bytes(seed, SIZE);
        for (int i = 0; i < SIZE; i += 2000) {
            Arrays.fill(content, i, i + 1000, (byte) seed);
        }
        return content;
    }

    private static SourceRow listed(SourceDatabase database) throws SQLException {
        return new SourceRow(
                RowKey.of("it's \\ a key"),
                Optional.empty(),
                Size.measured(SIZE),
                null,
                new InRow(database.query("SELECT xmin FROM f").orElseThrow()));
    }

    private static SourceSql sql(SourceDatabase database) throws SQLException {
        var mapping = Mappings.of("f").bytes("t.c").mapping();
        try (var connection = database.connect()) {
            return new Resolver(connection, new SourceSql(mapping)).resolve().orElseThrow();
        }
    }

    /** Reads nothing. */
    private static final class Ignoring implements LargeObjectReader.Stream {
        @Override
        public void restart() {}

        @Override
        public void write(byte[] bytes, int offset, int count) {}
    }
}
