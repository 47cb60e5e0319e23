package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/**
 * The bill of materials in the distribution says what is shipped, and all of it may be. Skipped where Maven is offline
 * and makes none.
 */
final class SbomIT {
    private static final Set<String> ALLOWED =
            Set.of("Apache-2.0", "MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "PostgreSQL");
    private static final String OWN_JAR = "lo-migrate.jar";

    private static final List<String> JARS = new ArrayList<>();
    private static List<JsonNode> components;

    @BeforeAll
    static void readArchive() throws IOException {
        try (var tar = new TarArchiveInputStream(new GZIPInputStream(Files.newInputStream(archive())))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = entry.getName().replaceFirst("^[^/]*/", "");
                if (name.equals("sbom.json")) {
                    components = components(tar.readAllBytes());
                } else if (name.startsWith("lib/") && name.endsWith(".jar") && !name.endsWith(OWN_JAR)) {
                    JARS.add(name.substring("lib/".length()));
                }
            }
        }
        assumeThat(components).as("sbom.json, made where Maven is online").isNotNull();
    }

    private static Path archive() throws IOException {
        try (Stream<Path> found = Files.list(Path.of("target"))) {
            return found.filter(path -> path.getFileName().toString().matches("lo-migrate-.*[.]tar[.]gz"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no distribution in target: run mvn package"));
        }
    }

    private static List<JsonNode> components(byte[] sbom) {
        return JsonNode.parser().parse(sbom).asObject().get("components").asArray();
    }

    private static String text(JsonNode component, String name) {
        return component.asObject().get(name).text();
    }

    /** What the jar is called: artifact, version, and the classifier that only the package URL tells. */
    private static String jar(JsonNode component) {
        String url = text(component, "purl");
        String classifier = url.contains("classifier=") ? url.replaceFirst(".*classifier=([^&]*).*", "-$1") : "";
        return text(component, "name") + "-" + text(component, "version") + classifier + ".jar";
    }

    private static List<String> licences(JsonNode component) {
        var licences = component.asObject().get("licenses");
        return licences == null
                ? List.of()
                : licences.asArray().stream().map(SbomIT::licence).toList();
    }

    /** The licence's SPDX id; anything else is shown as it is. */
    private static String licence(JsonNode choice) {
        var license = choice.asObject().get("license");
        var id = license == null ? null : license.asObject().get("id");
        return id == null ? choice.toString() : id.text();
    }

    @Test
    void componentsAreTheJarsThatAreShipped() {
        assertThat(JARS).isNotEmpty();
        assertThat(components.stream().map(SbomIT::jar)).containsExactlyInAnyOrderElementsOf(JARS);
    }

    @Test
    void everyLicenceIsAllowed() {
        assertThat(components)
                .allSatisfy(component -> assertThat(licences(component))
                        .as(jar(component))
                        .isNotEmpty()
                        .isSubsetOf(ALLOWED));
    }
}
