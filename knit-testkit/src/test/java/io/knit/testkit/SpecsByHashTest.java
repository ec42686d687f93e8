package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.SpecBlob;
import io.knit.core.wire.SpecsPage;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import io.knit.testkit.runtime.FakeEngine;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A spec goes to a node once, under its hash. */
class SpecsByHashTest {
    private static final int SPECS = 100;
    private static final String CONTENT = "x".repeat(100 * 1024);

    private final SmallFleet fleet = new SmallFleet();
    private long bytes;
    private final List<String> specsAnswered = new ArrayList<>();

    private static DeploymentSpecBuilder spec(int number) {
        return DeploymentSpec.builder("app-" + number, "web:1").template("/etc/app", number + CONTENT);
    }

    private FakeEngine counted() {
        return seen((subject, asked) -> {}, (subject, answer) -> {});
    }

    private FakeEngine seen(BiConsumer<String, ObjectNode> asked, BiConsumer<String, ObjectNode> answered) {
        return fleet.agent(
                "n1",
                "eu",
                own -> new RewrittenTransport(own, asked, (subject, answer) -> {
                    if (subject.equals(Subjects.assignments("n1"))) {
                        bytes += answer.toString().length();
                        answer.path("specs")
                                .forEach(it -> specsAnswered.add(it.path("blob").asText()));
                    }
                    answered.accept(subject, answer);
                }));
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(fleet.dataDir("n1").resolve("specs"))) {
            return files.toList();
        }
    }

    private Instance only(String deployment) {
        assertThat(fleet.instances(deployment)).hasSize(1);
        return fleet.instances(deployment).get(0);
    }

    private static List<String> ids(FakeEngine engine) {
        return engine.containers().stream().map(ContainerSnapshot::id).toList();
    }

    @Test
    @DisplayName("one change on a node with 100 specs of 100 KB fetches that one, and not 10 MB")
    void oneOfMany() throws IOException {
        counted();
        for (int i = 0; i < SPECS; i++) {
            fleet.server.deploy(spec(i).build());
        }
        fleet.run(20);
        assertThat(kept()).hasSize(SPECS);
        assertThat(bytes).as("each once").isGreaterThan(10_000_000).isLessThan(12_000_000);

        bytes = 0;
        fleet.deploy(spec(7).env("A", "1").build());
        fleet.run(20);
        assertThat(only("app-7").state()).isEqualTo(InstanceState.RUNNING);
        assertThat(only("app-7").revision()).isEqualTo(2);
        assertThat(bytes).isGreaterThan(100_000).isLessThan(200_000);
        assertThat(kept()).as("what nothing uses is dropped").hasSize(SPECS);

        bytes = 0;
        fleet.deploy(spec(7).env("A", "1").replicas(0).build());
        fleet.run(20);
        assertThat(bytes).as("what is stopped takes no spec").isLessThan(60_000);
        assertThat(kept()).hasSize(SPECS - 1);
    }

    @Test
    @DisplayName("scaling and another selector fetch no spec; another password does, and restarts nothing")
    void notTheContainer() throws IOException {
        FakeEngine engine = counted();
        fleet.deploy(spec(1).build());
        List<String> one = ids(engine);
        specsAnswered.clear();

        fleet.deploy(spec(1).replicas(3).nodeSelector("region", "eu").build());
        assertThat(ids(engine)).hasSize(3).containsAll(one);
        assertThat(specsAnswered).isEmpty();

        List<String> three = ids(engine);
        fleet.deploy(spec(1).replicas(3)
                .nodeSelector("region", "eu")
                .registryAuth("me", "s3cret")
                .build());
        assertThat(specsAnswered).hasSize(1);
        assertThat(ids(engine)).isEqualTo(three);
        assertThat(kept())
                .hasSize(1)
                .allSatisfy(file -> assertThat(file).content().contains("s3cret"));
        assertThat(Files.readString(fleet.dataDir("n1").resolve("assignments.json")))
                .doesNotContain("s3cret", "template");
    }

    @Test
    @DisplayName("an agent that starts again has its specs on its disk; where one is spoilt it asks for all anew")
    void restarted() throws IOException {
        FakeEngine engine = counted();
        fleet.deploy(spec(1).build());
        fleet.deploy(spec(2).build());
        List<String> before = ids(engine);
        bytes = 0;
        specsAnswered.clear();

        fleet.restartAgent("n1");
        fleet.run(20);
        assertThat(specsAnswered).isEmpty();

        Files.writeString(kept().get(0), "{}");
        fleet.restartAgent("n1");
        fleet.run(20);
        assertThat(specsAnswered).hasSize(2);
        assertThat(ids(engine)).isEqualTo(before);
    }

    @Test
    @DisplayName("a spec that is not what its name says is not taken; the set is fetched with the specs in it")
    void forged() {
        List<Boolean> byHash = new ArrayList<>();
        seen(
                (subject, asked) -> {
                    if (subject.equals(Subjects.assignments("n1"))) {
                        byHash.add(asked.path("by_hash").asBoolean());
                    }
                },
                (subject, answer) ->
                        answer.path("specs").forEach(it -> ((ObjectNode) it.path("spec")).put("image", "evil:1")));

        fleet.deploy(spec(1).build());
        fleet.run(20);

        assertThat(only("app-1").state()).isEqualTo(InstanceState.RUNNING);
        assertThat(byHash).contains(true, false);
    }

    @Test
    @DisplayName("a spec by its hash that an agent can't read is rejected in words; its neighbours run")
    void unreadable() throws NoSuchAlgorithmException {
        SpecBlob own = SpecBlob.of(spec(2).build());
        ObjectNode later = ((ObjectNode) own.spec()).deepCopy().put("pull", "WHEN_THE_MOON_IS_FULL");
        String name = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(later.toString().getBytes(StandardCharsets.UTF_8)));
        seen(
                (subject, asked) -> {
                    String text = asked.path("specs").toString();
                    if (text.contains(name)) {
                        asked.putArray("specs").add(own.blob());
                    }
                },
                (subject, answer) -> {
                    answer.path("assignments").forEach(it -> {
                        if (it.path("blob").asText().equals(own.blob())) {
                            ((ObjectNode) it).put("blob", name);
                        }
                    });
                    answer.path("specs").forEach(it -> {
                        if (it.path("blob").asText().equals(own.blob())) {
                            ((ObjectNode) it).put("blob", name).set("spec", later);
                        }
                    });
                });

        fleet.deploy(spec(1).build());
        fleet.deploy(spec(2).build());
        fleet.deploy(spec(3).build());

        assertThat(only("app-1").state()).isEqualTo(InstanceState.RUNNING);
        assertThat(only("app-3").state()).isEqualTo(InstanceState.RUNNING);
        assertThat(fleet.messages("instance.rejected"))
                .anyMatch(words -> words.contains(
                        "this node's agent can't read what the server ordered: spec.pull is WHEN_THE_MOON_IS_FULL,"
                                + " which this version does not know; upgrade the agent"));
    }

    private SpecsPage asks(ScriptedAgent agent, String node, List<String> names) {
        AssignmentsRequest request = new AssignmentsRequest(
                WireCodec.VERSION,
                String.valueOf(agent.cluster),
                node,
                agent.identity(),
                null,
                null,
                true,
                names,
                null,
                null,
                null);
        Future<byte[]> asked = fleet.bus
                .connect(node)
                .request(Subjects.assignments(node), WireCodec.encode(request), Duration.ofSeconds(1));
        fleet.run(2);
        return asked.succeeded()
                ? WireCodec.decode(asked.result(), SpecsPage.class)
                : new SpecsPage(0, "not answered", List.of());
    }

    @Test
    @DisplayName("a node is given no spec but those of its own orders, however well it knows the names")
    void others() {
        counted();
        fleet.deploy(spec(1).registryAuth("me", "s3cret").build());
        String name = SpecBlob.of(spec(1).registryAuth("me", "s3cret").build()).blob();
        ScriptedAgent other = new ScriptedAgent(fleet.bus.connect("n2"), "n2");
        other.cluster = fleet.server.snapshot().cluster();
        other.beat();
        fleet.run(1);

        assertThat(asks(other, "n2", List.of(name))).isEqualTo(new SpecsPage(1, other.cluster, List.of()));
        assertThat(asks(other, "n2", List.of("../etc/passwd", "")).specs()).isEmpty();
        assertThat(asks(other, "n2", java.util.Collections.nCopies(201, name)).v())
                .isZero();
    }
}
