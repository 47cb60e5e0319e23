package ch.tocco.lomigrate.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.source.Catalog;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a finalizing that was killed has left is named, as it hurts production until somebody does something. */
@ExtendWith(Backends.class)
final class FinalizeCheckIT {
    private static Finding leftover(SourceDatabase database) throws Exception {
        try (Connection connection = database.connect()) {
            return FinalizeCheck.leftover(new Catalog(connection, Sessions.SQL), Sessions.SQL);
        }
    }

    @Test
    void checkThatRefusesInsertsIsWarnedOfWithTheWayOut(SourceDatabase database) throws Exception {
        database.execute(Sessions.SQL.finalizing().addNotNullCheck());
        Finding finding = leftover(database);
        assertThat(finding.level()).isEqualTo(Finding.Level.WARN);
        assertThat(finding.message()).contains("refuses every insert without sha2", "lo-migrate finalize");

        String cure = finding.message().substring(finding.message().indexOf("ALTER TABLE"));
        database.execute(cure);

        assertThat(leftover(database).level()).isEqualTo(Finding.Level.OK);
    }
}
