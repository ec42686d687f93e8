package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Resources;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.core.server.inside.Inside;
import io.knit.core.server.inside.InsideNodes;
import io.knit.core.server.inside.InstanceLine;
import io.knit.core.server.inside.LineListener;
import io.knit.core.server.inside.PipeReader;
import io.knit.core.wire.AssignmentsPage;
import io.knit.core.wire.Features;
import io.knit.core.wire.HeartbeatReply;
import io.knit.core.wire.Speaks;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.asked.LogRange;
import io.knit.core.wire.asked.ShellAsked;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.core.wire.asked.VolumeAsked;
import io.knit.core.wire.stream.AskingStreams;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A fleet whose server and agents are of different releases, which it is during every upgrade. */
class OtherReleasesTest {
    private static final List<String> ALL = List.of(
            "echo", "health", "init", "no_new_privileges", "prepare", "resources", "restart", "specs", "stop", "wait");

    private static final String WORD = "a word of the server's: ";

    private final SmallFleet fleet = new SmallFleet();

    private ScriptedAgent scripted(String node) {
        ScriptedAgent agent = new ScriptedAgent(fleet.bus.connect(node), node);
        agent.cluster = fleet.server.snapshot().cluster();
        return agent;
    }

    private HeartbeatReply beat(ScriptedAgent agent) {
        Future<HeartbeatReply> asked = agent.beat();
        fleet.run(1);
        assertThat(asked.succeeded()).as("%s", asked).isTrue();
        return Objects.requireNonNull(asked.result());
    }

    private Node node(String id) {
        return fleet.server.snapshot().nodes().stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private Instance only(String deployment) {
        assertThat(fleet.instances(deployment)).hasSize(1);
        return fleet.instances(deployment).get(0);
    }

    @Test
    @DisplayName(
            "a spec is not placed where the agent would leave a field of it out in silence, and the reason says which")
    void unknownFields() {
        ScriptedAgent old = scripted("n1");
        beat(old);
        fleet.deploy(DeploymentSpec.builder("own-init", "web:1").init(false).build());
        beat(old);
        fleet.deploy(DeploymentSpec.builder("many", "web:1")
                .noNewPrivileges(false)
                .resources(new Resources(10))
                .build());
        beat(old);
        fleet.deploy(DeploymentSpec.builder("plain", "web:1").build());
        assertThat(only("own-init").state()).isEqualTo(InstanceState.PENDING);
        assertThat(only("own-init").reason()).contains("n1 has an agent 0.1.0 that knows no init; upgrade it");
        assertThat(only("many").reason()).contains("knows no no_new_privileges, resources; upgrade it");
        assertThat(only("plain").node()).isEqualTo("n1");

        old.features = ALL;
        beat(old);
        assertThat(only("own-init").node()).isEqualTo("n1");
        assertThat(only("many").node()).isEqualTo("n1");
    }

    @Test
    @DisplayName("an agent of a later protocol is told so in words, shown with them, given nothing new, and never down")
    void laterProtocol() {
        ScriptedAgent agent = scripted("n1");
        agent.features = ALL;
        beat(agent);
        fleet.deploy(DeploymentSpec.builder("web", "web:1").build());
        assertThat(only("web").node()).isEqualTo("n1");
        Future<AssignmentsPage> page = agent.fetch();
        fleet.run(1);
        agent.digest = page.result().digest();
        agent.revision = page.result().revision();

        agent.version = 3;
        agent.speaks = new Speaks(3, 4);
        HeartbeatReply reply = beat(agent);
        assertThat(reply.refusal()).isEqualTo("version_not_spoken");
        assertThat(reply.speaks()).isEqualTo(new Speaks(1, 1));
        assertThat(reply.message())
                .isEqualTo("its agent 0.1.0 speaks versions 3 to 4 of the protocol and this server version 1;"
                        + " upgrade the server, which comes first");
        for (int i = 0; i < 20; i++) {
            fleet.run(2);
            beat(agent);
            assertThat(node("n1").state()).isEqualTo(NodeState.READY);
        }
        assertThat(node("n1").condition()).isEqualTo(reply.message());
        assertThat(only("web").state()).isNotEqualTo(InstanceState.LOST);
        fleet.deploy(DeploymentSpec.builder("more", "web:1").build());
        assertThat(only("more").reason()).contains("speaks versions 3 to 4 of the protocol");

        agent.version = 1;
        agent.speaks = new Speaks(1, 4);
        assertThat(beat(agent).refusal()).isNull();
        assertThat(node("n1").condition()).isEmpty();
        assertThat(only("more").node()).isEqualTo("n1");
    }

    @Test
    @DisplayName("an agent of a later protocol that speaks the server's too is told in which version to go on")
    void commonVersion() {
        ScriptedAgent agent = scripted("n1");
        agent.version = 2;
        agent.speaks = new Speaks(1, 2);
        HeartbeatReply reply = beat(agent);
        assertThat(reply.v()).isEqualTo(1);
        assertThat(reply.refusal()).isEqualTo("version_not_spoken");
        assertThat(node("n1").state()).isEqualTo(NodeState.DISCOVERED);
        assertThat(node("n1").reason()).contains("its agent 0.1.0 speaks versions 1 to 2");
    }

    @Test
    @DisplayName(
            "a heartbeat whose fields have become something else is heard all the same; another's word for the node is not")
    void unreadableHeartbeat() {
        ScriptedAgent agent = scripted("n1");
        beat(agent);
        for (int i = 0; i < 10; i++) {
            fleet.run(2);
            HeartbeatReply reply = send("n1", agent.identity());
            assertThat(reply.refusal()).isEqualTo("version_not_spoken");
        }
        assertThat(node("n1").state()).isEqualTo(NodeState.READY);
        assertThat(node("n1").condition())
                .isEqualTo("its agent 9.0 says what this server can't read; upgrade the server, which comes first,"
                        + " or put the agent of this release back");
        for (int i = 0; i < 10; i++) {
            fleet.run(2);
            fleet.bus
                    .connect("n1")
                    .request(Subjects.heartbeat("n1"), unreadable("somebody-else"), Duration.ofSeconds(1));
        }
        assertThat(node("n1").state()).isEqualTo(NodeState.DOWN);
    }

    private HeartbeatReply send(String node, String identity) {
        Future<byte[]> asked =
                fleet.bus.connect(node).request(Subjects.heartbeat(node), unreadable(identity), Duration.ofSeconds(1));
        fleet.run(1);
        return WireCodec.decode(Objects.requireNonNull(asked.result()), HeartbeatReply.class);
    }

    private byte[] unreadable(String identity) {
        return ("{\"v\":1,\"cluster\":\"" + fleet.server.snapshot().cluster()
                        + "\",\"node\":\"n1\",\"identity\":\"" + identity
                        + "\",\"agent_version\":\"9.0\",\"labels\":[\"a\",\"b\"],\"cpus\":{\"p\":4,\"e\":8}}")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName(
            "an order that an agent can't read is rejected in words; its neighbours run, and a container that was made before stays")
    void unreadableOrder() {
        List<String> broken = new ArrayList<>(List.of("later"));
        FakeEngine engine = fleet.agent(
                "n1",
                "eu",
                own -> new RewrittenTransport(own, (subject, asked) -> asked.remove("by_hash"), (subject, page) -> {
                    page.path("assignments").forEach(it -> {
                        if (broken.contains(it.path("deployment").asText())
                                && it.path("spec") instanceof ObjectNode spec) {
                            spec.put("pull", "WHEN_THE_MOON_IS_FULL");
                        }
                    });
                }));
        fleet.deploy(DeploymentSpec.builder("web", "web:1").build());
        fleet.deploy(DeploymentSpec.builder("later", "web:1").build());
        fleet.deploy(DeploymentSpec.builder("more", "web:1").build());
        assertThat(only("web").state()).isEqualTo(InstanceState.RUNNING);
        assertThat(only("more").state()).isEqualTo(InstanceState.RUNNING);
        assertThat(fleet.messages("instance.rejected"))
                .anyMatch(words -> words.contains(
                        "this node's agent can't read what the server ordered: spec.pull is WHEN_THE_MOON_IS_FULL,"
                                + " which this version does not know; upgrade the agent"));

        List<String> before =
                engine.containers().stream().map(ContainerSnapshot::id).toList();
        broken.add("web");
        fleet.deploy(DeploymentSpec.builder("last", "web:1").build());
        fleet.run(60);
        assertThat(only("web").state()).isEqualTo(InstanceState.RUNNING);
        assertThat(engine.containers().stream().map(ContainerSnapshot::id).toList())
                .containsAll(before);
    }

    @Test
    @DisplayName("the digest is the server's word: an agent gives back what came with its set, whatever it is")
    void opaqueDigest() {
        List<String> fetched = new ArrayList<>();
        fleet.agent(
                "n1",
                "eu",
                own -> new RewrittenTransport(
                        own,
                        (subject, asked) -> {
                            String said = asked.path("assignments_digest").asText();
                            if (!said.isEmpty()) {
                                assertThat(said).startsWith(WORD);
                                asked.put("assignments_digest", said.substring(WORD.length()));
                            }
                        },
                        (subject, answer) -> {
                            if (answer.has("assignments")) {
                                fetched.add(answer.path("digest").asText());
                                answer.put(
                                        "digest", WORD + answer.path("digest").asText());
                            }
                        }));
        fleet.deploy(DeploymentSpec.builder("web", "web:1").build());
        int before = fetched.size();
        fleet.run(60);
        assertThat(only("web").state()).isEqualTo(InstanceState.RUNNING);
        assertThat(fetched).as("they agree, so nothing is fetched again").hasSize(before);
    }

    @Test
    @DisplayName("what an agent of before runs can't be looked into, and the words say what to do")
    void logsOfAnOlderAgent() {
        ScriptedAgent old = scripted("n1");
        beat(old);
        fleet.deploy(DeploymentSpec.builder("plain", "web:1").build());
        beat(old);
        EventQueue queue = new EventQueue(1);
        Inside inside = inside(queue);
        Refused reader = new Refused();
        inside.logs(only("plain").id(), "", new LogRange(false, 10, null, false), reader);
        queue.runFor(Duration.ofSeconds(1));
        assertThat(reader.why)
                .hasValueSatisfying(why -> assertThat(why.code()).isEqualTo(ErrorCode.VERSION_NOT_SPOKEN))
                .hasValueSatisfying(why -> assertThat(why).hasMessageContaining("n1", "upgrade it"));
    }

    private Inside inside(EventQueue queue) {
        SimulatedLoop loop = new SimulatedLoop(queue);
        return new InsideNodes(
                loop,
                new AskingStreams(loop, fleet.bus.connect("reader"), length -> "s", 1),
                id -> Optional.of(only("plain")),
                name -> fleet.server.snapshot().deployment(name),
                id -> Optional.of(node(id)),
                () -> fleet.server.snapshot().nodes(),
                instance -> Optional.empty());
    }

    @Test
    @DisplayName(
            "nor can a command be run there, files be copied, or what is used be seen, of an instance or of the node")
    void insideAnOlderAgent() {
        ScriptedAgent old = scripted("n1");
        beat(old);
        fleet.deploy(DeploymentSpec.builder("plain", "web:1").build());
        beat(old);
        EventQueue queue = new EventQueue(1);
        Inside inside = inside(queue);
        String instance = only("plain").id();
        Map<StreamRequest, String> asked = Map.of(
                StreamRequest.ofUsage(instance), "",
                StreamRequest.ofFiles(StreamRequest.COPY_IN, instance, "/tmp"), "",
                StreamRequest.ofFiles(StreamRequest.COPY_OUT, instance, "/tmp"), "",
                StreamRequest.ofHostUsage(), "n1",
                StreamRequest.ofVolume(StreamRequest.VOLUME_OUT, new VolumeAsked("plain", "0", "data")), "n1");
        requireRefused(inside, queue, asked);
    }

    @Test
    @DisplayName(
            "one that gives streams and does not reach what is in volumes is not asked for that, and the words say what to do")
    void volumesOfAnOlderAgent() {
        ScriptedAgent old = scripted("n1");
        old.features = List.of(Features.STREAMS);
        beat(old);
        EventQueue queue = new EventQueue(1);
        VolumeAsked data = new VolumeAsked("plain", "0", "data");
        requireRefused(
                inside(queue),
                queue,
                Map.of(
                        StreamRequest.ofVolume(StreamRequest.VOLUME_OUT, data), "n1",
                        StreamRequest.ofVolume(StreamRequest.VOLUME_IN, data), "n1"));
    }

    @Test
    @DisplayName("one that does not know parts would take the main container for one, and is not asked for that")
    void partsOfAnOlderAgent() {
        ScriptedAgent old = scripted("n1");
        old.features = List.of(Features.STREAMS);
        beat(old);
        fleet.deploy(DeploymentSpec.builder("plain", "web:1").build());
        beat(old);
        EventQueue queue = new EventQueue(1);
        Inside inside = inside(queue);
        String instance = only("plain").id();
        ShellAsked asked = new ShellAsked(List.of("sh"), false, false, 0, 0, "ship");
        ShellAsked early = new ShellAsked(List.of(), false, false, 0, 0, null, true);
        requireRefused(
                inside,
                queue,
                Map.of(StreamRequest.ofShell(instance, asked), "", StreamRequest.ofShell(instance, early), ""));
        Refused reader = new Refused();
        inside.logs(instance, "", new LogRange(false, 10, null, false, null, "ship"), reader);
        queue.runFor(Duration.ofSeconds(1));
        assertThat(reader.why)
                .hasValueSatisfying(why -> assertThat(why.code()).isEqualTo(ErrorCode.VERSION_NOT_SPOKEN))
                .hasValueSatisfying(why -> assertThat(why).hasMessageContaining("n1", "upgrade it"));
    }

    private static void requireRefused(Inside inside, EventQueue queue, Map<StreamRequest, String> asked) {
        asked.forEach((request, node) -> {
            RefusedPipe reader = new RefusedPipe();
            inside.open(node, request, reader);
            queue.runFor(Duration.ofSeconds(1));
            assertThat(reader.why)
                    .as(request.kind())
                    .hasValueSatisfying(why -> assertThat(why.code()).isEqualTo(ErrorCode.VERSION_NOT_SPOKEN))
                    .hasValueSatisfying(why -> assertThat(why).hasMessageContaining("n1", "upgrade it"));
        });
    }

    private static final class RefusedPipe implements PipeReader {
        private Optional<KnitException> why = Optional.empty();

        @Override
        public void begun() {
            throw new AssertionError("nothing is there to be read");
        }

        @Override
        public Future<Void> bytes(int channel, byte[] bytes) {
            throw new AssertionError("nothing is there to be read");
        }

        @Override
        public void ended(byte[] lastWord) {
            throw new AssertionError("it is refused");
        }

        @Override
        public void failed(KnitException failure) {
            why = Optional.of(failure);
        }
    }

    private static final class Refused implements LineListener {
        private Optional<KnitException> why = Optional.empty();

        @Override
        public void begun() {
            throw new AssertionError("nothing is there to be read");
        }

        @Override
        public Future<Void> lines(List<InstanceLine> lines) {
            throw new AssertionError("nothing is there to be read");
        }

        @Override
        public void ended() {
            throw new AssertionError("it is refused");
        }

        @Override
        public void failed(KnitException failure) {
            why = Optional.of(failure);
        }
    }
}
