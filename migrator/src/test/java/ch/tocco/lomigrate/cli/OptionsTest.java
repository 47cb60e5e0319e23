package ch.tocco.lomigrate.cli;

import static ch.tocco.lomigrate.cli.CommandLines.config;
import static ch.tocco.lomigrate.cli.CommandLines.migrate;
import static ch.tocco.lomigrate.cli.CommandLines.required;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.arguments.Flag;
import ch.tocco.lomigrate.cli.CommandLine.Help;
import ch.tocco.lomigrate.cli.CommandLine.Migrate;
import ch.tocco.lomigrate.cli.CommandLine.Version;
import ch.tocco.lomigrate.config.CaBundle;
import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.config.ObjectSettings;
import ch.tocco.lomigrate.config.ObjectSettings.Encryption;
import ch.tocco.lomigrate.config.RunConfig.DisplayMode;
import ch.tocco.lomigrate.config.S3Config.Keys;
import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.config.Surroundings;
import ch.tocco.lomigrate.pacing.DailyWindow;
import ch.tocco.lomigrate.pacing.Limits;
import ch.tocco.lomigrate.pacing.ThrottleConfig;
import ch.tocco.lomigrate.pacing.Timetable;
import ch.tocco.lomigrate.testkit.servers.SelfSignedCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pins, for every flag, its default, what a value does, its short form, its twin and its place in the help. */
final class OptionsTest {
    /**
     * One flag.
     *
     * @param given a value unlike the default; "true" for a switch
     * @param field where the value ends up
     * @param otherwise what is there without the flag
     * @param mapped what is there with it
     */
    private record Row(
            String name,
            String shortName,
            String given,
            Function<CommandLine, Object> field,
            Object otherwise,
            Object mapped) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final Path AUTHORITIES = authorities();

    private static Path authorities() {
        try {
            Path directory = Files.createTempDirectory("authorities");
            SelfSignedCertificate.write(directory, SelfSignedCertificate.LOCAL);
            try (Stream<Path> files = Files.list(directory)) {
                files.forEach(file -> file.toFile().deleteOnExit());
            }
            return directory.resolve("server.crt");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                row(
                        "--pg-url",
                        "-p",
                        "postgres://a@b:1/c",
                        c -> config(c).postgres().jdbcUrl(),
                        "jdbc:postgresql://db:5432/nice",
                        "jdbc:postgresql://b:1/c"),
                row("--skip-batch-job-check", "", "true", c -> config(c).run().checkBatchJob(), true, false),
                row("--no-lock", "", "true", c -> config(c).run().takeLock(), true, false),
                row(
                        "--s3-url",
                        "-u",
                        "https://h",
                        c -> config(c).s3().endpoint(),
                        URI.create("http://s3:7480"),
                        URI.create("https://h")),
                row("--bucket", "-b", "other.bucket", c -> config(c).s3().bucket(), "nice-bin", "other.bucket"),
                row(
                        "--access-key",
                        "-k",
                        "AK",
                        c -> config(c).s3().keys(),
                        Optional.empty(),
                        Optional.of(new Keys("AK", "counterpart"))),
                row(
                        "--secret-key",
                        "-s",
                        " \"S,K\" ",
                        c -> config(c).s3().keys(),
                        Optional.empty(),
                        Optional.of(new Keys("counterpart", " \"S,K\" "))),
                row("--region", "", "eu-1", c -> config(c).s3().region(), "us-east-1", "eu-1"),
                row("--virtual-hosted", "", "true", c -> config(c).s3().virtualHosted(), false, true),
                row("--upload-chunk-size", "", "5120", c -> config(c).s3().partSize(), 20L << 20, 5L << 20),
                row("--multipart-threshold", "", "0", c -> config(c).s3().multipartThreshold(), 256L << 20, 0L),
                row("--store-verification", "", "OFF", c -> config(c).run().storeVerification(), true, false),
                row(
                        "--ca-bundle",
                        "",
                        AUTHORITIES.toString(),
                        c -> config(c).s3().caBundle().map(CaBundle::file),
                        Optional.empty(),
                        Optional.of(AUTHORITIES)),
                row("--receiver-threads", "", "7", c -> config(c).tuning().receiverThreads(), 2, 7),
                row("--storer-threads", "", "7", c -> config(c).tuning().storerThreads(), 128, 7),
                row("--committer-threads", "", "7", c -> config(c).tuning().committerThreads(), 2, 7),
                row("--receiver-queue", "", "9", c -> config(c).tuning().receiverQueue(), 8192, 16),
                row("--storer-queue", "", "1", c -> config(c).tuning().storerQueue(), 1024, 1),
                row("--committer-queue", "", "4096", c -> config(c).tuning().committerQueue(), 8192, 4096),
                row("--commit-chunk", "", "1000", c -> config(c).tuning().commitChunk(), 500, 1000),
                row("--in-mem-max", "", "0", c -> config(c).tuning().inMemMax(), 1L << 20, 0L),
                row("--memory-budget", "", "32", c -> config(c).tuning().memoryBudget(), 96L << 20, 32L << 20),
                row(
                        "--spill-dir",
                        "",
                        "/var/spill",
                        c -> config(c).tuning().spillDir(),
                        Path.of("/tmp/x"),
                        Path.of("/var/spill")),
                row(
                        "--spill-budget",
                        "",
                        "0.5",
                        c -> config(c).tuning().spillBudget(),
                        OptionalLong.empty(),
                        OptionalLong.of(1L << 29)),
                row("--finalize", "-f", "true", c -> config(c).run().finalizeAfter(), false, true),
                row(
                        "--interval",
                        "-i",
                        "3",
                        c -> config(c).run().interval(),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(3)),
                row("--display", "", "BLOCK", c -> config(c).run().display(), DisplayMode.AUTO, DisplayMode.BLOCK),
                row("--stop-grace", "", "0", c -> config(c).run().stopGrace(), Duration.ofSeconds(10), Duration.ZERO),
                row(
                        "--shard",
                        "",
                        "3/16",
                        c -> config(c).run().shard(),
                        Optional.empty(),
                        Optional.of(new Shard(3, 16))),
                row("--log-level", "", "DEBUG", c -> migrate(c).common().logLevel(), "info", "debug"),
                row("--log-format", "", "JSON", c -> migrate(c).common().jsonLog(), false, true),
                row("--debug", "", "true", c -> migrate(c).common().debug(), false, true),
                row(
                        "--outage-timeout",
                        "",
                        "5",
                        c -> config(c).faults().outageTimeout(),
                        Duration.ofMinutes(30),
                        Duration.ofMinutes(5)),
                row(
                        "--request-timeout",
                        "",
                        "7",
                        c -> config(c).faults().requestTimeout(),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(7)),
                row(
                        "--failures",
                        "",
                        "/x/failed.jsonl",
                        c -> config(c).faults().failuresFile(),
                        Optional.empty(),
                        Optional.of(Path.of("/x/failed.jsonl"))),
                row(
                        "--stale-uploads",
                        "",
                        "0",
                        c -> config(c).faults().staleUploads(),
                        Duration.ofHours(24),
                        Duration.ZERO),
                row(
                        "--metrics-addr",
                        "",
                        "[::1]:9187",
                        c -> config(c).watch().listen(),
                        Optional.empty(),
                        Optional.of(new MigrationConfig.Watch.Address("::1", 9187))),
                row(
                        "--report",
                        "",
                        "/x/report.html",
                        c -> config(c).watch().reports(),
                        List.of(),
                        List.of(Path.of("/x/report.html"))),
                pauses("--max-rate", "200", ThrottleConfig::rate, OptionalInt.empty(), OptionalInt.of(200)),
                pauses(
                        "--bwlimit",
                        "10M",
                        throttle -> throttle.bandwidth().map(Timetable::entries),
                        Optional.empty(),
                        Optional.of(List.of(new Timetable.Entry(Optional.empty(), LocalTime.MIDNIGHT, 10 << 20)))),
                pauses(
                        "--pause-file",
                        "/x/pause",
                        ThrottleConfig::pauseFile,
                        Optional.empty(),
                        Optional.of(Path.of("/x/pause"))),
                pauses(
                        "--window",
                        "22:00-06:00",
                        ThrottleConfig::window,
                        Optional.empty(),
                        Optional.of(new DailyWindow(LocalTime.of(22, 0), LocalTime.of(6, 0)))),
                pauses("--max-lag", "10s", ThrottleConfig::lag, Optional.empty(), Optional.of(Duration.ofSeconds(10))),
                pauses("--max-load", "active=40", ThrottleConfig::load, OptionalInt.empty(), OptionalInt.of(40)),
                pauses(
                        "--max-duration",
                        "5h",
                        throttle -> throttle.limits().duration(),
                        Optional.empty(),
                        Optional.of(Duration.ofHours(5))),
                keeps(
                        "--storage-class",
                        "GLACIER_IR",
                        ObjectSettings::storageClass,
                        Optional.empty(),
                        Optional.of("GLACIER_IR")),
                keeps(
                        "--sse",
                        "AWS:kms",
                        ObjectSettings::encryption,
                        Optional.empty(),
                        Optional.of(new Encryption("aws:kms", Optional.empty()))),
                keeps(
                        "--sse-kms-key-id",
                        "alias/a",
                        settings -> settings.encryption().flatMap(Encryption::kmsKey),
                        Optional.empty(),
                        Optional.of("alias/a")),
                keeps("--tag", "a=b,c=d", ObjectSettings::tags, Map.of(), Map.of("a", "b,c=d")),
                pauses("--lag-standbys", "s1,s2", ThrottleConfig::standbys, List.of(), List.of("s1", "s2")),
                pauses("--max-slot-lag", "1K", ThrottleConfig::slotLag, OptionalLong.empty(), OptionalLong.of(1024)),
                pauses(
                        "--max-archive-backlog",
                        "9",
                        ThrottleConfig::archiveBacklog,
                        OptionalInt.empty(),
                        OptionalInt.of(9)),
                pauses(
                        "--critical-load",
                        "active=200",
                        ThrottleConfig::criticalLoad,
                        OptionalInt.empty(),
                        OptionalInt.of(200)),
                pauses(
                        "--throttle-query",
                        "SELECT 1",
                        ThrottleConfig::query,
                        Optional.empty(),
                        Optional.of("SELECT 1")),
                pauses(
                        "--max-objects",
                        "7",
                        throttle -> throttle.limits().objects(),
                        OptionalLong.empty(),
                        OptionalLong.of(7)),
                pauses(
                        "--max-bytes",
                        "2K",
                        throttle -> throttle.limits().bytes(),
                        OptionalLong.empty(),
                        OptionalLong.of(2048)),
                pauses(
                        "--max-failures",
                        "5%",
                        throttle -> throttle.limits().failures(),
                        Optional.empty(),
                        Optional.of(new Limits.Failures(5, true))),
                row(
                        "--hook",
                        "",
                        "/usr/local/bin/told",
                        c -> config(c).steering().hook(),
                        Optional.empty(),
                        Optional.of(Path.of("/usr/local/bin/told"))),
                row("--help", "-h", "true", c -> c.request().getClass(), Migrate.class, Help.class),
                row("--version", "-V", "true", c -> c.request().getClass(), Migrate.class, Version.class));
    }

    private static Row pauses(
            String name, String given, Function<ThrottleConfig, Object> field, Object otherwise, Object mapped) {
        return row(name, "", given, c -> field.apply(config(c).throttle()), otherwise, mapped);
    }

    private static Row keeps(
            String name, String given, Function<ObjectSettings, Object> field, Object otherwise, Object mapped) {
        return row(name, "", given, c -> field.apply(config(c).s3().settings()), otherwise, mapped);
    }

    private static Row row(
            String name,
            String shortName,
            String given,
            Function<CommandLine, Object> field,
            Object otherwise,
            Object mapped) {
        return new Row(name, shortName, given, field, otherwise, mapped);
    }

    @Test
    void everyFlagHasARow() {
        assertThat(rows().map(Row::name))
                .containsExactlyElementsOf(CommandLines.table().all().stream()
                        // those have a test of their own
                        .filter(flag -> !flag.isVerbatim())
                        .map(Flag::name)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void defaultHolds(Row row) {
        assertThat(row.field.apply(CommandLines.parse(CommandLines.REQUIRED))).isEqualTo(row.otherwise);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void longFormWithSeparateOrAttachedValueReachesItsField(Row row) {
        List<String> separate = isSwitch(row) ? List.of(row.name) : List.of(row.name, row.given);
        assertThat(row.field.apply(CommandLines.parse(with(row, separate)))).isEqualTo(row.mapped);
        assertThat(row.field.apply(CommandLines.parse(with(row, List.of(row.name + "=" + row.given)))))
                .isEqualTo(row.mapped);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void shortFormIsTheSame(Row row) {
        assertThat(flag(row).shortName()).isEqualTo(row.shortName);
        if (!row.shortName.isEmpty()) {
            List<String> arguments = isSwitch(row) ? List.of(row.shortName) : List.of(row.shortName, row.given);
            assertThat(row.field.apply(CommandLines.parse(with(row, arguments))))
                    .isEqualTo(row.mapped);
        }
    }

    /** What may be given several times has none: no separator would be safe. */
    static Stream<Row> rowsWithATwin() {
        return rows().filter(row -> !flag(row).repeatable());
    }

    @ParameterizedTest
    @MethodSource("rowsWithATwin")
    void environmentTwinIsTheSame(Row row) {
        Map<String, String> environment = Map.of(flag(row).variable(), row.given);
        CommandLine read = CommandLineReader.read(with(row, List.of()), CommandLines.with(environment));
        assertThat(row.field.apply(read)).isEqualTo(row.mapped);
        assertThat(read.warnings())
                .noneMatch(warning -> warning.contains(flag(row).variable() + " "));
    }

    @ParameterizedTest
    @MethodSource("rowsWithATwin")
    void flagWinsOverItsTwin(Row row) {
        Map<String, String> environment = new HashMap<>();
        environment.put(flag(row).variable(), isSwitch(row) ? "no" : "nonsense \n value");
        List<String> arguments = with(row, List.of(row.name + "=" + row.given));
        assertThat(row.field.apply(CommandLineReader.read(arguments, CommandLines.with(environment))))
                .isEqualTo(row.mapped);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void helpNamesFlagUnitAndDefault(Row row) {
        Flag flag = flag(row);
        String names = (flag.shortName().isEmpty() ? "" : flag.shortName() + ", ") + flag.name();
        assertThat(HelpText.full()).contains(names + (flag.isSwitch() ? " " : " <" + flag.placeholder() + ">"));
        assertThat(HelpText.full()).contains(flag.defaultValue());
    }

    @Test
    void helpTellsTheDefaultsThatHold() {
        Map<String, String> told = new HashMap<>();
        CommandLines.table().all().forEach(flag -> told.put(flag.name(), flag.defaultValue()));
        List<String> arguments = new ArrayList<>(CommandLines.REQUIRED);
        told.forEach((name, value) -> {
            if (value.matches("[0-9]+")) {
                arguments.add(name + "=" + value);
            }
        });
        assertThat(arguments).hasSizeGreaterThan(CommandLines.REQUIRED.size() + 10);
        assertThat(config(CommandLines.parse(arguments))).isEqualTo(config(CommandLines.parse(CommandLines.REQUIRED)));
        assertThat(told).containsEntry("--region", "us-east-1").containsEntry("--log-level", "info");
    }

    @Test
    void switchCanBeTurnedOffOverItsTwin() {
        CommandLine read = CommandLineReader.read(
                required("--finalize=no"), CommandLines.with(Map.of("LO_MIGRATE_FINALIZE", "1")));
        assertThat(config(read).run().finalizeAfter()).isFalse();
    }

    @Test
    void withoutATerminalTheDisplayIsPlainWhateverIsGiven() {
        var file = new Surroundings(Map.of(), Path.of("/nowhere"), "me", Path.of("/tmp/x"), 1L << 30, false);
        CommandLine read = CommandLineReader.read(required("--display=block"), file);
        assertThat(config(read).run().display()).isEqualTo(DisplayMode.PLAIN);
    }

    @Test
    void emptyVariableCountsAsNotSet() {
        CommandLine read = CommandLineReader.read(required(), CommandLines.with(Map.of("LO_MIGRATE_REGION", "")));
        assertThat(config(read).s3().region()).isEqualTo("us-east-1");
    }

    @Test
    void partMayBeLargerThanTheHeap() {
        var commandLine = CommandLines.parse(CommandLines.required("--upload-chunk-size", "1048576"));
        assertThat(CommandLines.config(commandLine).s3().partSize())
                .isEqualTo(CommandLines.bare().heap());
    }

    @Test
    void roundedRingIsShown() {
        assertThat(migrate(CommandLines.parse(required("--storer-queue", "1000")))
                        .common()
                        .effective())
                .containsPattern("storer-queue +1024 \\(rounded up from 1000 to a power of two\\)");
    }

    private static List<String> with(Row row, List<String> arguments) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < CommandLines.REQUIRED.size(); i += 2) {
            if (!CommandLines.REQUIRED.get(i).equals(row.name)) {
                all.addAll(CommandLines.REQUIRED.subList(i, i + 2));
            }
        }
        all.addAll(arguments);
        if (row.name.endsWith("-key")) {
            all.add((row.name.equals("--access-key") ? "--secret-key" : "--access-key") + "=counterpart");
        }
        if (row.name.equals("--lag-standbys")) {
            all.add("--max-lag=1s");
        }
        if (row.name.equals("--sse-kms-key-id")) {
            all.add("--sse=aws:kms:dsse");
        }
        return all;
    }

    private static boolean isSwitch(Row row) {
        return flag(row).isSwitch();
    }

    private static Flag flag(Row row) {
        return CommandLines.table().find(row.name).orElseThrow();
    }
}
