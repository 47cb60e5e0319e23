package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A machine whose {@code TZ} has a short name, which PostgreSQL does not know: it logs in, and shows its own time. */
@ExtendWith(Backends.class)
@Timeout(120)
@Tag("slow")
final class TimeZoneIT {
    private static final Pattern STATUS = Pattern.compile("Status at ([0-9-]+ [0-9:]+)");

    @ParameterizedTest
    @CsvSource({"JST, Asia/Tokyo", "PST, America/Los_Angeles", "EST, -05:00"})
    void runsAndShowsLocalTime(String name, String zone, SourceDatabase database, S3Server s3) throws Exception {
        database.insertGenerated(1, 100, "text/plain");
        Cli.Result result = Cli.migrating(database, s3, s3.createBucket())
                .environment("TZ", name)
                .run(Duration.ofMinutes(1));
        assertThat(result.exitCode()).as(result.toString()).isZero();
        Matcher status = STATUS.matcher(result.stdout());
        assertThat(status.find()).as(result.stdout()).isTrue();
        LocalDateTime shown = LocalDateTime.parse(status.group(1), DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss"));
        assertThat(Duration.between(shown, LocalDateTime.now(ZoneId.of(zone))).abs())
                .isLessThan(Duration.ofMinutes(5));
    }
}
