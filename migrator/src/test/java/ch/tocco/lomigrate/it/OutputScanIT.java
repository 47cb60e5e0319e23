package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.checks.OutputScan;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Runs after all other tests, in a process of its own: nothing that the tool, its log or a failed assertion has said in
 * any of them shows the database password or the secret key.
 */
final class OutputScanIT {
    private static final Path BUILD =
            Path.of(System.getProperty("lo.migrate.test.output")).getParent();

    @Test
    void noSecretIsInAnyReportOrOutput() throws Exception {
        var scan = OutputScan.of(List.of(
                BUILD.resolve("surefire-reports"), BUILD.resolve("failsafe-reports"), BUILD.resolve("tool-output")));

        assertThat(scan.files()).as("files scanned").isPositive();
        assertThat(scan.leaks())
                .as("leaks (those of earlier builds go with mvn clean)")
                .isEmpty();
    }
}
