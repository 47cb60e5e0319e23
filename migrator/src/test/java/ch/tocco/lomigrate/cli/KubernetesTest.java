package ch.tocco.lomigrate.cli;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.config.Shard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The manifests of {@code scripts/kubernetes} ask for what the tool can do, and start it again after the exit codes after
 * which that helps. Whether Kubernetes takes them, {@code scripts/try-kubernetes} asks a server.
 */
final class KubernetesTest {
    private static final Path DIRECTORY = Page.ROOT.resolve("scripts/kubernetes");

    /** After these the same would come again everywhere; after the others of the first row again for this shard. */
    private static final Set<ExitCode> MISTAKES = Set.of(ExitCode.USAGE, ExitCode.REFUSED);

    private static final Set<ExitCode> FINAL = Set.of(ExitCode.OBJECTS_FAILED, ExitCode.LIMIT);

    /** What starts pods. */
    enum Manifest {
        SHARDS("shards.yaml", "Job"),
        LAST_PASS("last-pass.yaml", "Job"),
        NEW_OBJECTS("new-objects.yaml", "CronJob");

        private final String file;
        private final String kind;

        Manifest(String file, String kind) {
            this.file = file;
            this.kind = kind;
        }

        private Node node() {
            List<Node> all = documents(file);
            assertThat(all).hasSize(1);
            assertThat(all.get(0).text("kind")).isEqualTo(kind);
            return all.get(0);
        }

        /** Of the Job that it is, or makes. */
        private Node job() {
            return this == NEW_OBJECTS ? node().at("spec", "jobTemplate", "spec") : node().at("spec");
        }

        private Node pod() {
            return job().at("template", "spec");
        }

        private Node container() {
            List<Node> all = pod().list("containers");
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    /** A part of a manifest; what is missing fails the test by its name. */
    private record Node(Object value) {
        private Node at(String... path) {
            Object found = value;
            for (String name : path) {
                assertThat(found).as(name).isInstanceOf(Map.class);
                found = ((Map<?, ?>) found).get(name);
                assertThat(found).as(name).isNotNull();
            }
            return new Node(found);
        }

        private List<Node> list(String name) {
            assertThat(at(name).value).as(name).isInstanceOf(List.class);
            return ((List<?>) at(name).value).stream().map(Node::new).toList();
        }

        private String text(String... path) {
            return at(path).value.toString();
        }

        private int number(String... path) {
            return Integer.parseInt(text(path));
        }

        private List<String> texts(String name) {
            return list(name).stream().map(node -> node.value.toString()).toList();
        }

        private boolean has(String name) {
            return ((Map<?, ?>) value).containsKey(name);
        }
    }

    private static List<Node> documents(String file) {
        List<Node> all = new ArrayList<>();
        try {
            new Yaml(new SafeConstructor(new LoaderOptions()))
                    .loadAll(Files.readString(DIRECTORY.resolve(file)))
                    .forEach(each -> all.add(new Node(each)));
        } catch (IOException e) {
            throw new AssertionError(file, e);
        }
        return all;
    }

    /** What a pod sees of settings.yaml. */
    private static Map<String, String> environment(Node container) {
        Map<String, String> environment = new HashMap<>();
        for (Node from : container.list("envFrom")) {
            String kind = from.has("secretRef") ? "Secret" : "ConfigMap";
            String name = (from.has("secretRef") ? from.at("secretRef") : from.at("configMapRef")).text("name");
            Node found = documents("settings.yaml").stream()
                    .filter(node -> node.text("kind").equals(kind))
                    .filter(node -> node.text("metadata", "name").equals(name))
                    .findFirst()
                    .orElseThrow();
            ((Map<?, ?>) found.at(kind.equals("Secret") ? "stringData" : "data").value)
                    .forEach((variable, value) -> environment.put(variable.toString(), value.toString()));
        }
        return environment;
    }

    private static CommandLine read(Manifest manifest, Map<String, String> more) {
        Map<String, String> environment = environment(manifest.container());
        environment.putAll(more);
        return CommandLineReader.read(manifest.container().texts("args"), CommandLines.with(environment));
    }

    private static MigrationConfig config(Manifest manifest, Map<String, String> more) {
        CommandLine line = read(manifest, more);
        assertThat(CommandLines.mistakes(line)).isEmpty();
        assertThat(line.warnings()).isEmpty();
        return CommandLines.config(line);
    }

    private static Map<String, String> index(Manifest manifest, int index) {
        return manifest == Manifest.SHARDS ? Map.of("JOB_COMPLETION_INDEX", Integer.toString(index)) : Map.of();
    }

    @Test
    void everyFileIsLookedAt() throws IOException {
        Set<String> known = new TreeSet<>(Set.of("settings.yaml", "Containerfile"));
        Arrays.stream(Manifest.values()).forEach(manifest -> known.add(manifest.file));
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(known);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theToolTakesFlagsAndSettings(Manifest manifest) {
        assertThat(config(manifest, index(manifest, 0)).s3().bucket()).isEqualTo("nice-bin");
    }

    @Test
    void eachIndexIsAShardOfItsOwn() {
        Node job = Manifest.SHARDS.job();
        assertThat(job.text("completionMode")).isEqualTo("Indexed");
        int shards = job.number("completions");
        assertThat(job.number("parallelism")).isLessThanOrEqualTo(shards);
        for (int i = 0; i < shards; i++) {
            assertThat(config(Manifest.SHARDS, index(Manifest.SHARDS, i)).run().shard())
                    .isEqualTo(Optional.of(new Shard(i + 1, shards)));
        }
        assertThat(CommandLines.mistakes(read(Manifest.SHARDS, index(Manifest.SHARDS, shards))))
                .isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"LAST_PASS", "NEW_OBJECTS"})
    void otherPassesTakeAllRows(Manifest manifest) {
        assertThat(config(manifest, Map.of()).run().shard()).isEmpty();
    }

    /** Kubernetes does not start it again after them; the other codes count against a limit. */
    private static Set<ExitCode> codes(Manifest manifest, String action) {
        Set<ExitCode> codes = new TreeSet<>();
        for (Node rule : manifest.job().at("podFailurePolicy").list("rules")) {
            if (rule.text("action").equals(action)) {
                Node on = rule.at("onExitCodes");
                assertThat(on.text("operator")).isEqualTo("In");
                assertThat(on.text("containerName"))
                        .isEqualTo(manifest.container().text("name"));
                on.texts("values").forEach(value -> codes.add(code(value)));
            }
        }
        return codes;
    }

    private static ExitCode code(String number) {
        return Arrays.stream(ExitCode.values())
                .filter(code -> Integer.toString(code.number()).equals(number))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no exit code " + number));
    }

    @Test
    void oneShardThatCannotBeDoneLeavesTheOthersAlone() {
        assertThat(codes(Manifest.SHARDS, "FailJob")).isEqualTo(MISTAKES);
        assertThat(codes(Manifest.SHARDS, "FailIndex")).isEqualTo(FINAL);
        assertThat(Manifest.SHARDS.job().number("backoffLimitPerIndex")).isPositive();
    }

    @ParameterizedTest
    @EnumSource(names = {"LAST_PASS", "NEW_OBJECTS"})
    void otherPassesAreNotStartedAgainInVain(Manifest manifest) {
        Set<ExitCode> expected = new TreeSet<>(MISTAKES);
        expected.addAll(FINAL);
        assertThat(codes(manifest, "FailJob")).isEqualTo(expected);
        assertThat(manifest.job().number("backoffLimit")).isPositive();
    }

    /** As the page on failures says it, for a supervisor of any kind. */
    @Test
    void theSameCodesAreStartedAgainAsThePageSays() {
        String said = Page.of("docs/failures.md").text().replace('\n', ' ');
        Set<ExitCode> never = new TreeSet<>(MISTAKES);
        never.addAll(Set.of(ExitCode.ALL_MIGRATED, ExitCode.OBJECTS_FAILED));
        String listed = never.stream().map(code -> "" + code.number()).collect(joining(" "));
        assertThat(said).contains("`RestartPreventExitStatus=" + listed + "`", "after 10 when the time has come");
    }

    @ParameterizedTest
    @EnumSource
    void evictionsDoNotCountAndPodsOfOneShardDoNotMeet(Manifest manifest) {
        Node first = manifest.job().at("podFailurePolicy").list("rules").get(0);
        assertThat(first.text("action")).isEqualTo("Ignore");
        assertThat(first.list("onPodConditions").get(0).text("type")).isEqualTo("DisruptionTarget");
        assertThat(manifest.job().text("podReplacementPolicy")).isEqualTo("Failed");
        assertThat(manifest.pod().text("restartPolicy")).isEqualTo("Never");
    }

    @ParameterizedTest
    @EnumSource
    void thereIsTimeToStop(Manifest manifest) {
        Duration grace = config(manifest, index(manifest, 0)).run().stopGrace();
        assertThat(grace).isPositive();
        assertThat(manifest.pod().number("terminationGracePeriodSeconds"))
                .isGreaterThanOrEqualTo(2 * (int) grace.toSeconds());
    }

    @ParameterizedTest
    @EnumSource
    void podsMayDoNothingBesides(Manifest manifest) {
        Node pod = manifest.pod();
        Node container = manifest.container();
        assertThat(pod.text("securityContext", "runAsNonRoot")).isEqualTo("true");
        assertThat(pod.number("securityContext", "runAsUser")).isPositive();
        assertThat(pod.text("securityContext", "seccompProfile", "type")).isEqualTo("RuntimeDefault");
        assertThat(pod.text("automountServiceAccountToken")).isEqualTo("false");
        assertThat(pod.text("enableServiceLinks")).isEqualTo("false");
        assertThat(container.text("securityContext", "readOnlyRootFilesystem")).isEqualTo("true");
        assertThat(container.text("securityContext", "allowPrivilegeEscalation"))
                .isEqualTo("false");
        assertThat(container.at("securityContext", "capabilities").texts("drop"))
                .containsExactly("ALL");
    }

    @ParameterizedTest
    @EnumSource
    void secretsAreOnNoCommandLine(Manifest manifest) throws IOException {
        Map<?, ?> secrets = (Map<?, ?>) documents("settings.yaml").get(1).at("stringData").value;
        assertThat(secrets).isNotEmpty();
        assertThat(manifest.container().texts("args"))
                .allSatisfy(argument -> assertThat(argument).doesNotContain("key", "password", "url"));
        assertThat(Files.readString(DIRECTORY.resolve(manifest.file))).doesNotContain("value: ");
    }

    @ParameterizedTest
    @EnumSource
    void spillFilesFitTheVolume(Manifest manifest) {
        MigrationConfig config = config(manifest, index(manifest, 0));
        Node mount = manifest.container().list("volumeMounts").get(0);
        Node volume = manifest.pod().list("volumes").get(0);
        assertThat(mount.text("name")).isEqualTo(volume.text("name"));
        assertThat(config.tuning().spillDir()).isEqualTo(Path.of(mount.text("mountPath")));
        String limit = volume.text("emptyDir", "sizeLimit");
        assertThat(limit).endsWith("Gi");
        assertThat(config.tuning().spillBudget().orElseThrow())
                .isLessThan(Long.parseLong(limit.replace("Gi", "")) << 30);
    }

    /** The launcher refuses a limit that the heap and 128 MiB exceed; half as much again is room. */
    @ParameterizedTest
    @EnumSource
    void memoryFitsTheLimit(Manifest manifest) {
        long budget = config(manifest, index(manifest, 0)).tuning().memoryBudget() >> 20;
        String limit = manifest.container().text("resources", "limits", "memory");
        assertThat(limit).endsWith("Mi");
        assertThat(Long.parseLong(limit.replace("Mi", ""))).isGreaterThan((2 * budget + 64 + 128) * 3 / 2);
    }

    @Test
    void passesForWhatIsNewDoNotMeet() {
        assertThat(Manifest.NEW_OBJECTS.node().text("spec", "concurrencyPolicy"))
                .isEqualTo("Forbid");
    }
}
