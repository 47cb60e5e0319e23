package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.subcommands.Command;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the tool answers to many command lines, argument files and environments is what {@code recorded.txt} says. Each
 * block there is a case: {@code #} its name; {@code $} its arguments, where {@code ...} stands for the required flags,
 * {@code ␣} for a blank within an argument and {@code ⏎} for a line break; {@code %} a variable of the environment;
 * {@code @} a line of the file that the argument {@code @FILE} names. Then come the answers: {@code =} the exit code,
 * {@code 1} and {@code 2} lines of standard output and standard error. Of the configuration that is printed only the
 * lines are kept that are not in the first case, and the usage in short is left out where it is the usual one.
 *
 * <p>Run with {@code -Dlo.migrate.record=true} this class writes the answers anew; what differs is for the changelog.
 */
final class RecordedCommandLinesTest {
    private static final Path RECORDED = Path.of("src/test/resources/commandlines/recorded.txt");

    /** Nothing listens there: what is accepted ends with exit code 3 and changes nothing. */
    private static final List<String> REQUIRED = List.of(
            "--pg-url", "postgresql://joe@127.0.0.1:1/nice", "--s3-url", "http://127.0.0.1:1", "--bucket", "nice-bin");

    @TempDir
    private Path directory;

    /** One block: what is given, and what was answered. */
    private record Case(List<String> given, List<String> answered) {
        List<String> all(char mark) {
            return given.stream()
                    .filter(line -> line.charAt(0) == mark)
                    .map(line -> line.substring(Math.min(2, line.length())))
                    .toList();
        }

        String name() {
            return all('#').get(0);
        }
    }

    @Test
    void everyCommandLineIsAnsweredAsRecorded() throws IOException {
        List<Case> cases = read();
        List<String> now = new ArrayList<>();
        Set<String> usual = Set.of();
        Map<String, List<String>> different = new LinkedHashMap<>();
        for (Case each : cases) {
            List<String> answer = answer(each, usual);
            if (usual.isEmpty()) {
                usual = Set.copyOf(answer);
            }
            if (!answer.equals(each.answered())) {
                different.put(each.name(), answer);
            }
            now.addAll(each.given());
            now.addAll(answer);
            now.add("");
        }
        if (Boolean.getBoolean("lo.migrate.record")) {
            Files.write(RECORDED, now);
            return;
        }
        assertThat(cases).hasSizeGreaterThanOrEqualTo(120);
        for (Case each : cases) {
            if (different.containsKey(each.name())) {
                assertThat(different.get(each.name())).as(each.name()).containsExactlyElementsOf(each.answered());
            }
        }
    }

    private static List<Case> read() throws IOException {
        List<Case> cases = new ArrayList<>();
        for (String block : Files.readString(RECORDED).strip().split("\n\n+", -1)) {
            Predicate<String> isGiven = line -> "#$%@".indexOf(line.charAt(0)) >= 0;
            List<String> lines = block.lines().filter(line -> !line.isEmpty()).toList();
            Map<Boolean, List<String>> parts = lines.stream().collect(Collectors.partitioningBy(isGiven));
            cases.add(new Case(parts.get(true), parts.get(false)));
        }
        return cases;
    }

    private List<String> answer(Case given, Set<String> usual) throws IOException {
        Path file = directory.resolve("arguments");
        Files.write(file, given.all('@'));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Map<String, String> environment = given.all('%').stream()
                .map(line -> plain(line).split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var main = new Main(stream(out), () -> stream(err));
        ExitCode code = main.run(arguments(given, file), CommandLines.with(environment));
        List<String> answer = new ArrayList<>(List.of("= " + code.number()));
        answer.addAll(lines("1 ", out, file, usual));
        answer.addAll(lines("2 ", err, file, usual));
        Secrets.requireNoneIn(given.name(), String.join("\n", answer));
        return answer;
    }

    private static List<String> arguments(Case given, Path file) {
        List<String> arguments = new ArrayList<>();
        for (String line : given.all('$')) {
            for (String argument : line.split(" ", -1)) {
                if (argument.equals("...")) {
                    arguments.addAll(REQUIRED);
                } else if (!argument.isEmpty()) {
                    arguments.add(plain(argument).replace("@FILE", "@" + file));
                }
            }
        }
        return arguments;
    }

    private static String plain(String text) {
        return text.replace('␣', ' ').replace('⏎', '\n');
    }

    private static PrintStream stream(ByteArrayOutputStream into) {
        return new PrintStream(into, true, StandardCharsets.UTF_8);
    }

    private static List<String> lines(String mark, ByteArrayOutputStream said, Path file, Set<String> usual) {
        String text = said.toString(StandardCharsets.UTF_8)
                .replace(HelpText.full(), "(help)\n")
                .replace(HelpText.of(Command.MIGRATE), "(help of migrate)\n")
                .replace(HelpText.of(Command.FINALIZE), "(help of finalize)\n")
                .replace(HelpText.of(Command.DISCOVER), "(help of discover)\n")
                .replace(HelpText.synopsis(), "")
                .replace(Version.text(), "(version)")
                .replace(file.toString(), "FILE")
                .replaceAll("ch\\.tocco\\.lomigrate\\.[a-z0-9.]+\\.", "");
        return text.lines()
                .filter(line -> !line.equals("Try 'lo-migrate --help' for all flags."))
                // stack traces, which change with each line of code
                .filter(line -> !line.startsWith("\tat ") && !line.startsWith("\t... "))
                .map(line -> mark + line)
                .filter(line -> !usual.contains(line))
                .toList();
    }
}
