package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.command.Command;
import io.knit.api.model.Capacity;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeState;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.spec.Field;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Table;
import io.knit.core.template.TemplateEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every deployment that the docs show is read, taken and run, and every field that is not of the first release is in one of them. */
class ExamplesTest {
    private static final Pattern BLOCK = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

    private final PureCluster cluster = new PureCluster(PureCluster.RUNS, () -> {});

    /** By the deployment's name; where several are called so, the others by their page and place, too. */
    static Map<String, String> examples() {
        Map<String, String> found = new TreeMap<>();
        try {
            for (Path page : pages()) {
                BLOCK.matcher(Files.readString(page))
                        .results()
                        .forEach(block -> keep(block.group(1), page.getFileName() + " " + block.start(), found));
            }
            for (String file : List.of("deployment.json", "checked.json")) {
                keep(Files.readString(Path.of("..", "examples", "hello", file)), file, found);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** All of the docs, with those first on which fields are explained. */
    private static List<Path> pages() throws IOException {
        Path docs = Path.of("..", "docs");
        try (Stream<Path> all = Files.list(docs)) {
            Stream<Path> first =
                    Stream.of("spec.md", "process.md", "storage.md").map(docs::resolve);
            Stream<Path> others = Stream.concat(Stream.of(Path.of("..", "README.md")), all.sorted());
            return Stream.concat(first, others)
                    .filter(page -> page.toString().endsWith(".md"))
                    .distinct()
                    .toList();
        }
    }

    /** What is no deployment, such as an answer, is somebody else's. */
    private static void keep(String text, String place, Map<String, String> found) {
        try {
            JsonNode json = new ObjectMapper().readTree(text);
            if (json.has("name") && json.has("image") && !json.has("revision")) {
                String name = json.get("name").asText();
                found.put(found.containsKey(name) ? name + " of " + place : name, text);
            }
        } catch (IOException e) {
            // an excerpt with … in it
        }
    }

    static Stream<String> names() {
        return examples().keySet().stream();
    }

    private static DeploymentSpec spec(String name) {
        return new Admission(new TemplateEngine())
                .admit(SpecReader.read(
                        Objects.requireNonNull(examples().get(name), name).getBytes(StandardCharsets.UTF_8)));
    }

    /** Three nodes in as many zones, one with another CPU, the last with an accelerator. */
    private void fleet() {
        for (int i = 0; i < 3; i++) {
            Map<String, String> labels =
                    Map.of("zone", "z" + i, "disk", "ssd", "region", "eu", "role", "api", "logs", "yes");
            NodeFacts facts = new NodeFacts(
                    "n" + i,
                    labels,
                    new Capacity(8, 8L << 30, i == 2 ? 1 : 0),
                    "docker 20.10.24",
                    "0.2.0",
                    "10.54.0." + (13 + i),
                    null,
                    "",
                    SpecTable.features(),
                    "linux",
                    i == 1 ? "arm64" : "amd64",
                    null,
                    List.of("all", "bind:/"));
            cluster.join(node("n" + i, NodeState.READY, facts));
        }
    }

    private void run(DeploymentSpec spec) {
        cluster.keep(spec);
        for (String other : spec.dependsOn()) {
            cluster.run(new Command.Deploy(
                    DeploymentSpec.builder(other, other + ":1").build(), null));
        }
        cluster.run(new Command.Deploy(spec, null));
    }

    @ParameterizedTest
    @MethodSource("names")
    void isTakenAndRun(String name) {
        fleet();
        DeploymentSpec spec = spec(name);
        run(spec);
        if (spec.mode() == Mode.CRON) {
            // half an hour after one is due, on a working day
            cluster.goTo(Instant.parse("2026-01-05T02:00:00Z"));
        }
        assertThat(cluster.instances(spec.name()))
                .isNotEmpty()
                .allSatisfy(it -> assertThat(it.state()).as("%s", it.reason()).isEqualTo(InstanceState.RUNNING));
    }

    @Test
    void theSearchIsEvenOverZones() {
        fleet();
        run(spec("search"));
        Map<String, Integer> on = new TreeMap<>();
        cluster.instances("search").forEach(it -> on.merge(String.valueOf(it.node()), 1, Integer::sum));
        assertThat(on.values()).containsExactlyInAnyOrder(1, 1, 2);
    }

    @Test
    void theMeterIsWhereItsPlatformIs() {
        fleet();
        run(spec("meter"));
        assertThat(cluster.instances("meter")).extracting(Instance::node).containsExactly("n1", "n1");
    }

    @Test
    void theTranscriptionIsWhereTheAcceleratorIs() {
        fleet();
        run(spec("transcribe"));
        assertThat(cluster.instances("transcribe")).extracting(Instance::node).containsExactly("n2");
    }

    @Test
    void theStorefrontIsReplacedAfterItsCanary() {
        fleet();
        DeploymentSpec spec = spec("storefront");
        run(spec);
        cluster.settle();
        run(SpecTable.SPEC.with(spec, Map.of("image", "registry.example.com/storefront:9")));
        assertThat(cluster.instances("storefront"))
                .filteredOn(it -> it.revision() == 2)
                .hasSize(1);
        cluster.settle();
        assertThat(cluster.instances("storefront")).hasSize(6).allMatch(it -> it.revision() == 2 && it.isHealthy());
    }

    @Test
    void eachFieldIsInAnExample() throws IOException {
        List<JsonNode> all = new ArrayList<>();
        for (String text : examples().values()) {
            all.add(new ObjectMapper().readTree(text));
        }
        Set<String> none = new TreeSet<>();
        for (Field<?> field : SpecTable.SPEC.fields()) {
            if (field.since() != null
                    && !field.name().equals("init")
                    && !field.name().equals("no_new_privileges")) {
                missing("", field, all, none);
            }
        }
        assertThat(none).as("fields without an example in docs/").isEmpty();
    }

    private static void missing(String within, Field<?> field, List<JsonNode> all, Set<String> missing) {
        List<JsonNode> given = new ArrayList<>();
        for (JsonNode each : all) {
            JsonNode value = each.get(field.name());
            if (value != null
                    && value.isArray()
                    && !value.isEmpty()
                    && value.get(0).isObject()) {
                value.forEach(given::add);
            } else if (value != null) {
                given.add(value);
            }
        }
        String name = within + field.name();
        if (given.isEmpty()) {
            missing.add(name);
        }
        switch (field.type()) {
            case OBJECT, OBJECTS -> {
                Table<?> table = field.table();
                table.fields().forEach(inner -> missing(name + ".", inner, given, missing));
            }
            default -> {}
        }
    }
}
