package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.testkit.checks.Secrets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A whole run of the tool inside this JVM, where starting a process for each case would take most of the time.
 *
 * @param exitCode what the process would end with
 * @param said its display, messages and the file of failures; shows none of the {@link Secrets}
 */
record InProcess(ExitCode exitCode, String said) {
    InProcess {
        Secrets.requireNoneIn("run", said);
    }

    /** Runs the tool from a database into the bucket {@code nice-bin} of a store. */
    static InProcess run(String pgUrl, String s3Url, Path temp, String... more) throws IOException {
        Path failures = temp.resolve("failures");
        List<String> arguments = new ArrayList<>(List.of("--s3-url", s3Url, "--bucket", "nice-bin"));
        arguments.addAll(List.of("--failures", failures.toString(), "--spill-dir", temp.toString()));
        arguments.addAll(List.of("--outage-timeout", "1", "--log-level", "error"));
        arguments.addAll(List.of("--display", "plain")); // a run of some seconds would be shown live otherwise
        arguments.addAll(List.of(more));
        Map<String, String> environment = Map.of(
                "LO_MIGRATE_PG_URL",
                pgUrl,
                "LO_MIGRATE_ACCESS_KEY",
                "access",
                "LO_MIGRATE_SECRET_KEY",
                Secrets.SECRET_KEY);
        var said = new ByteArrayOutputStream();
        var stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        ExitCode code = new Main(stream, () -> stream).run(arguments, CommandLines.with(environment));
        stream.print(Files.exists(failures) ? Files.readString(failures) : "");
        return new InProcess(code, said.toString(StandardCharsets.UTF_8));
    }
}
