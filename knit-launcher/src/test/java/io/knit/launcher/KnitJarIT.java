package io.knit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.KnitVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the runnable jar has to bring along besides classes. */
class KnitJarIT {
    private static final Path HOME = Path.of(System.getProperty("knit.home", ".."));
    private static final Path JAR = HOME.resolve("knit-launcher/target/knit.jar");
    private static final String LICENSES = "META-INF/licenses/";

    @Test
    @DisplayName("Knit's own licence and notice are in it, as they stand in the repository")
    void ownLicence() throws IOException {
        try (ZipFile jar = jar()) {
            assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License").contains("Version 2.0");
            assertThat(text(jar, "META-INF/NOTICE")).startsWith("Knit\n").contains("sbom");
        }
    }

    @Test
    @DisplayName("every library in it stands in the bill of materials, with a licence whose text is there")
    void everyLibraryHasItsLicence() throws IOException {
        try (ZipFile jar = jar()) {
            JsonNode bill = new ObjectMapper().readTree(text(jar, "META-INF/sbom/knit.cdx.json"));
            List<JsonNode> libraries = StreamSupport.stream(
                            bill.path("components").spliterator(), false)
                    .filter(component -> !component.path("group").asText().equals("io.knit"))
                    .toList();
            assertThat(libraries).hasSizeGreaterThan(30);
            assertThat(libraries)
                    .allSatisfy(library -> assertThat(licences(library).anyMatch(id -> has(jar, library, id)))
                            .as(
                                    "a licence text for %s (%s)",
                                    library.path("purl").asText(), library.path("licenses"))
                            .isTrue());
        }
    }

    @Test
    @DisplayName("the version is one word")
    void oneVersion() throws IOException {
        try (ZipFile jar = jar()) {
            JsonNode bill = new ObjectMapper().readTree(text(jar, "META-INF/sbom/knit.cdx.json"));
            assertThat(text(jar, "META-INF/MANIFEST.MF")).contains("Implementation-Version: " + KnitVersion.current());
            assertThat(bill.at("/metadata/component/version").asText()).isEqualTo(KnitVersion.current());
            assertThat(StreamSupport.stream(bill.path("components").spliterator(), false)
                            .filter(component ->
                                    component.path("group").asText().equals("io.knit"))
                            .map(component -> component.path("version").asText())
                            .distinct())
                    .containsExactly(KnitVersion.current());
        }
    }

    @Test
    @DisplayName(
            "an agent that runs nothing loads no XML parser, no template engine, no authority and no command but its"
                    + " own, which stay in its memory")
    void idleAgent() throws IOException {
        // what it used when it was run at the build
        List<String> classes = Files.readAllLines(HOME.resolve("knit-launcher/target/shared/agent.classes"));
        assertThat(classes).contains("io/knit/core/KnitAgent", "io/knit/plugin/docker/DockerRuntime");
        assertThat(classes)
                .noneMatch(name -> name.startsWith("com/sun/org/apache/")
                        || name.startsWith("io/pebbletemplates/pebble/PebbleEngine")
                        || name.equals("sun/security/x509/X509CertImpl")
                        || name.startsWith("io/knit/launcher/remote/deploy/"));
        try (ZipFile jar = jar()) {
            assertThat(jar.stream().map(ZipEntry::getName)).noneMatch(name -> name.startsWith("org/publicsuffix/"));
        }
    }

    @Test
    @DisplayName(
            "what is kept in the heap of all that runs of it, the list of what is in it, is no longer than it need be")
    void listOfWhatIsInIt() throws IOException {
        try (ZipFile jar = jar()) {
            List<String> names = jar.stream().map(ZipEntry::getName).toList();
            assertThat(names).noneMatch(name -> name.endsWith("/"));
            int header = 46; // bytes of each entry beside its name
            assertThat(names.stream().mapToInt(name -> header + name.length()).sum())
                    .isLessThan(2_200_000);
        }
    }

    @Test
    @DisplayName(
            "libraries' variables have no names in it, for they would be in each JVM's memory; Knit's own have theirs")
    void namesOfVariables() throws IOException {
        String names = "LocalVariableTable";
        try (ZipFile jar = jar()) {
            assertThat(text(jar, "io/vertx/core/Vertx.class")).doesNotContain(names);
            assertThat(text(jar, "io/vertx/core/Vertx.class")).contains("LineNumberTable");
            assertThat(text(jar, "io/knit/core/KnitAgent.class")).contains(names);
        }
    }

    @Test
    @DisplayName("PostgreSQL's driver is in it: a server that is to use a database that is not there says so")
    void theDriverOfPostgresql(@TempDir Path data) throws Exception {
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        JAR.toString(),
                        "server",
                        "start",
                        "--data-dir",
                        data.toString(),
                        "--http-addr",
                        "127.0.0.1:0",
                        "--nats-addr",
                        "127.0.0.1:0",
                        "--store-url",
                        "jdbc:postgresql://127.0.0.1:1/knit")
                .redirectErrorStream(true)
                .start();
        String said = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(server.waitFor()).as(said).isEqualTo(5);
        assertThat(said).contains("jdbc:postgresql://127.0.0.1:1/knit");
    }

    /** The ids that the library may be used under; one is enough, where it gives several. */
    private static Stream<String> licences(JsonNode library) {
        return StreamSupport.stream(library.path("licenses").spliterator(), false)
                .map(entry -> entry.path("expression")
                        .asText(entry.at("/license/id")
                                .asText(entry.at("/license/name").asText())));
    }

    private static boolean has(ZipFile jar, JsonNode library, String id) {
        String own = LICENSES + library.path("name").asText();
        boolean brought = jar.stream()
                .map(entry -> entry.getName())
                .anyMatch(name -> name.startsWith(own) && name.contains("LICENSE"));
        return brought || jar.getEntry(LICENSES + "common/" + id + ".txt") != null;
    }

    private static String text(ZipFile jar, String name) throws IOException {
        assertThat(jar.getEntry(name)).as(name).isNotNull();
        try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static ZipFile jar() throws IOException {
        return new ZipFile(JAR.toFile());
    }
}
