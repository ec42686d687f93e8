package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Peer;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.core.KnitServer;
import io.knit.core.wire.AssignmentsPage;
import io.knit.core.wire.HeartbeatReply;
import io.knit.core.wire.InstanceStatus;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an agent that was let in can do to others, and what it can't. */
class HostileAgentTest {
    private static final String IP = "10.54.0.7";

    private final EventQueue queue = new EventQueue(1);
    private final InMemoryBus bus = new InMemoryBus(new SimulatedLoop(queue));
    private final InMemoryStore store = InMemoryStore.create();
    private final FixedDiscovery mesh = FixedDiscovery.none();
    private final List<KnitEvent> events = new ArrayList<>();
    private final KnitServer server = KnitServer.builder()
            .withoutHttp()
            .loop(new SimulatedLoop(queue))
            .ids(new SeededIds(new Random(2)))
            .store(store)
            .transport(bus.connect("server"))
            .discovery(mesh)
            .build();

    @BeforeEach
    void start() {
        server.start();
        server.listen(events::add);
        queue.runFor(Duration.ofSeconds(1));
    }

    private ScriptedAgent agent(String node) {
        ScriptedAgent agent = new ScriptedAgent(bus.connect(node), node);
        agent.cluster = server.snapshot().cluster();
        return agent;
    }

    private <T> T answer(Future<T> asked) {
        queue.runFor(Duration.ofMillis(100));
        assertThat(asked.succeeded()).as("%s", asked).isTrue();
        return Objects.requireNonNull(asked.result());
    }

    private Node node(String id) {
        return server.snapshot().nodes().stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static TreeMap<String, String> labels(int count, int length) {
        TreeMap<String, String> labels = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            labels.put("label-" + i, "x".repeat(length));
        }
        return labels;
    }

    @Test
    @DisplayName("giant labels are not kept: the node, its agent and the events say so, and less is taken again")
    void giantLabels() {
        ScriptedAgent big = agent("big");
        big.labels = labels(100, 4_000);
        HeartbeatReply reply = answer(big.beat());
        assertThat(reply.refusal()).isNull();
        assertThat(reply.notice()).contains("16384", "fewer");
        assertThat(node("big").labels()).isEmpty();
        assertThat(node("big").takesWork()).isFalse();
        assertThat(node("big").condition()).isEqualTo(reply.notice());
        assertThat(events).anyMatch(e -> e.message().contains("16384"));
        assertThat(store.load().result()).allMatch(document -> document.body().length() < 4_000);

        big.labels = labels(100, 100);
        assertThat(answer(big.beat()).notice()).isNull();
        assertThat(node("big").labels()).hasSize(100);
        assertThat(node("big").takesWork()).isTrue();
        // and what it has stays when it says too much again
        big.labels = labels(1, 20_000);
        big.allows = List.of("privileged");
        assertThat(answer(big.beat()).notice()).isNotNull();
        assertThat(node("big").labels()).hasSize(100);
        assertThat(node("big").facts().allows()).isEmpty();
        // and so with what it allows
        big.labels = Map.of();
        big.allows = IntStream.range(0, 64)
                .mapToObj(i -> "device:/dev/" + "x".repeat(240) + i)
                .toList();
        big.hostname = "h".repeat(200);
        big.meshKey = "k".repeat(900);
        assertThat(answer(big.beat()).notice()).contains("16384", "--allow");
        assertThat(node("big").facts().allows()).isEmpty();
    }

    @Test
    @DisplayName("long words of an engine are cut, and do not make its node silent")
    void longWords() {
        ScriptedAgent agent = agent("n1");
        agent.condition = "it failed: " + "x".repeat(50_000);
        agent.hostname = "h".repeat(5_000);
        assertThat(answer(agent.beat()).refusal()).isNull();
        assertThat(node("n1").condition()).hasSizeLessThan(1_100).startsWith("it failed");
        assertThat(node("n1").hostname()).hasSizeLessThan(300);
    }

    @Test
    @DisplayName("a mesh address belongs to the node that first said so; a second claim is told and gets no work")
    void addressOfAnother() {
        ScriptedAgent victim = agent("victim");
        victim.meshIp = IP;
        victim.meshKey = "key";
        answer(victim.beat());
        ScriptedAgent thief = agent("thief");
        thief.meshIp = IP;
        thief.meshKey = "key";
        assertThat(answer(thief.beat()).notice()).contains(IP, "victim", "DELETE /nodes/victim");
        assertThat(node("thief").meshIp()).isNull();
        assertThat(node("thief").meshKey()).isNull();
        assertThat(events).anyMatch(e -> "thief".equals(e.node()) && e.message().contains(IP));

        // bound to the victim's address, while it takes no work
        victim.condition = "its engine does not answer";
        answer(victim.beat());
        DeploymentSpec bound = DeploymentSpec.builder("bound", "web:1")
                .port(new PortSpec(IP, 8080, 80, Protocol.TCP))
                .env("SECRET", "s")
                .build();
        answer(server.deploy(bound));
        assertThat(instances("bound")).allMatch(instance -> instance.node() == null);
        assertThat(answer(thief.fetch()).assignments()).isEmpty();
        victim.condition = "";
        answer(victim.beat());
        assertThat(instances("bound")).allMatch(instance -> "victim".equals(instance.node()));
        // nor by the key alone
        thief.meshIp = "10.54.0.99";
        assertThat(answer(thief.beat()).notice()).contains("victim");
        thief.meshKey = "own";
        assertThat(answer(thief.beat()).notice()).isNull();
        assertThat(node("thief").meshIp()).isEqualTo("10.54.0.99");
    }

    @Test
    @DisplayName("what the server's own mesh knows of an address outweighs who came first")
    void meshKnowsBetter() {
        ScriptedAgent early = agent("early");
        early.meshIp = IP;
        early.meshKey = "thief's";
        answer(early.beat());
        assertThat(node("early").meshIp()).isEqualTo(IP);
        mesh.setPeers(List.of(new Peer("owner's", "late", IP, null)));
        queue.runFor(Duration.ofSeconds(31));

        ScriptedAgent late = agent("late");
        late.meshIp = IP;
        late.meshKey = "owner's";
        assertThat(answer(late.beat()).notice()).isNull();
        assertThat(node("late").meshIp()).isEqualTo(IP);
        assertThat(answer(early.beat()).notice()).contains("another host's");
        assertThat(node("early").meshIp()).isNull();
    }

    @Test
    @DisplayName("an address is one however it is spelled, to the mesh and among nodes")
    void otherSpelling() {
        mesh.setPeers(List.of(new Peer("owner's", "late", "fd00::1", null)));
        queue.runFor(Duration.ofSeconds(31));
        ScriptedAgent thief = agent("thief");
        thief.meshIp = "FD00:0::1";
        thief.meshKey = "thief's";
        assertThat(answer(thief.beat()).notice()).contains("another host's");
        assertThat(node("thief").meshIp()).isNull();

        ScriptedAgent first = agent("first");
        first.meshIp = "fd00::2";
        answer(first.beat());
        thief.meshIp = "fd00:0:0::0002";
        assertThat(answer(thief.beat()).notice()).contains("which is the node first's");
        assertThat(node("thief").meshIp()).isNull();
    }

    @Test
    @DisplayName("a number that no server gave is not followed; the node that names it says so and gets no work")
    void numberFromNowhere() {
        ScriptedAgent good = agent("good");
        answer(good.beat());
        AssignmentsPage before = answer(good.fetch());
        good.digest = before.digest();
        good.revision = before.revision();
        ScriptedAgent liar = agent("liar");
        for (int i = 1; i < 20; i++) {
            liar.revision = Math.max(liar.revision, before.revision()) + (1L << 40);
            assertThat(answer(liar.beat()).assignmentsRevision()).isLessThan(before.revision() + 100);
            queue.runFor(Duration.ofSeconds(3));
            answer(good.beat());
        }
        assertThat(answer(good.fetch()).revision()).isLessThan(before.revision() + 100);
        assertThat(answer(liar.beat()).notice()).contains("number");
        assertThat(node("liar").takesWork()).isFalse();
        assertThat(node("liar").condition()).contains("number", "assignments.json");
        assertThat(node("good").condition()).isEmpty();
        liar.revision = Long.MIN_VALUE;
        liar.digest = answer(liar.fetch()).digest();
        answer(liar.beat());
        assertThat(node("liar").condition()).isEmpty();
    }

    @Test
    @DisplayName("a node that does not come to hold its assignments says so")
    void neverTakesOver() {
        ScriptedAgent agent = agent("n1");
        for (int i = 0; i < 12; i++) {
            assertThat(answer(agent.beat()).fetch()).isTrue();
            queue.runFor(Duration.ofSeconds(3));
        }
        assertThat(node("n1").condition()).contains("newest assignments");
        AssignmentsPage page = answer(agent.fetch());
        agent.revision = page.revision();
        agent.digest = page.digest();
        assertThat(answer(agent.beat()).fetch()).isFalse();
        assertThat(node("n1").condition()).isEmpty();
        assertThat(node("n1").takesWork()).isTrue();
    }

    @Test
    @DisplayName("an agent of another cluster is shown and waits; one that would end for the answer gets none")
    void foreign() {
        ScriptedAgent waits = agent("waits");
        waits.cluster = "another";
        waits.features = List.of("wait", "and what nobody knows");
        assertThat(answer(waits.beat()).refusal()).isEqualTo("wrong_cluster");
        assertThat(node("waits").state()).isEqualTo(NodeState.DISCOVERED);
        assertThat(node("waits").reason()).contains("another", server.snapshot().cluster());
        assertThat(events).anyMatch(e -> "waits".equals(e.node()) && e.message().contains("another"));
        ScriptedAgent old = agent("old");
        old.cluster = "another";
        Future<HeartbeatReply> none = old.beat();
        queue.runFor(Duration.ofSeconds(3));
        assertThat(none.failed()).isTrue();
        assertThat(node("old").state()).isEqualTo(NodeState.DISCOVERED);
        assertThat(store.load().result()).noneMatch(document -> document.table().equals("node"));

        queue.runFor(Duration.ofMinutes(2));
        assertThat(server.snapshot().nodes()).isEmpty();
    }

    @Test
    @DisplayName(
            "one agent's changing words neither wash out the events nor fill the store, and its newest are taken a little later")
    void chatter() {
        answer(server.deploy(DeploymentSpec.builder("mine", "web:1").build()));
        ScriptedAgent loud = agent("loud");
        answer(loud.beat());
        AssignmentsPage page = answer(loud.fetch());
        loud.digest = page.digest();
        loud.revision = page.revision();
        long before = server.snapshot().revision();
        for (int i = 0; i < 3_000; i++) {
            loud.condition = "words " + i;
            loud.beat();
            queue.runFor(Duration.ofMillis(10));
        }
        assertThat(server.snapshot().revision() - before).isLessThan(60);
        assertThat(server.eventsAfter(0)).anyMatch(e -> "mine".equals(e.deployment()));
        assertThat(server.eventsAfter(0).size()).isLessThan(100);
        queue.runFor(Duration.ofSeconds(3));
        loud.condition = "";
        answer(loud.beat());
        assertThat(node("loud").takesWork()).isTrue();
    }

    @Test
    @DisplayName("nor do its instances' changing words, and their newest are taken a little later")
    void chatterOfInstances() {
        answer(server.deploy(DeploymentSpec.builder("mine", "web:1").build()));
        ScriptedAgent loud = agent("loud");
        answer(loud.beat());
        Instance placed = instances("mine").get(0);
        long before = server.snapshot().revision();
        for (int i = 1; i <= 3_000; i++) {
            loud.report(new InstanceStatus(placed.id(), i, InstanceState.RUNNING, "words " + i, 0, i % 2 == 0));
            queue.runFor(Duration.ofMillis(2));
        }
        assertThat(server.snapshot().revision() - before).isLessThan(50);
        queue.runFor(Duration.ofSeconds(3));
        // what was not acknowledged is said again
        answer(loud.report(new InstanceStatus(placed.id(), 3_000, InstanceState.RUNNING, "words 3000", 0, true)));
        assertThat(instances("mine").get(0).reason()).isEqualTo("words 3000");
        assertThat(server.eventsAfter(0).size()).isLessThan(200);
        assertThat(server.eventsAfter(0)).anyMatch(e -> e.type().equals("deployment.created"));
    }

    @Test
    @DisplayName("what a node says of another's instances takes nothing of what is that one's due")
    void wordsOfAnothersInstances() {
        answer(server.deploy(DeploymentSpec.builder("mine", "web:1").build()));
        ScriptedAgent good = agent("good");
        answer(good.beat());
        Instance placed = instances("mine").get(0);
        answer(good.report(new InstanceStatus(placed.id(), 1, InstanceState.RUNNING, "starting up", 0, false)));
        ScriptedAgent bad = agent("bad");
        answer(bad.beat());
        for (int i = 1; i <= 500; i++) {
            bad.report(new InstanceStatus(placed.id(), 1_000_000 + i, InstanceState.RUNNING, "lies " + i, 0, true));
            queue.runFor(Duration.ofMillis(2));
        }
        answer(good.report(new InstanceStatus(placed.id(), 2, InstanceState.RUNNING, "healthy", 0, false)));
        assertThat(instances("mine").get(0).reason()).isEqualTo("healthy");
    }

    @Test
    @DisplayName("an escape sequence of an agent reaches no log, page or event")
    void escapes() {
        ScriptedAgent agent = agent("n1");
        agent.hostname = "h\u001b[2J";
        agent.engine = "docker\u009b31m";
        agent.condition = "no\r\nroom\u001b]0;x\u0007";
        agent.labels = new TreeMap<>(Map.of("a\u001b[1m", "b\u202e"));
        answer(agent.beat());
        agent.condition = "";
        answer(agent.beat());
        answer(server.deploy(DeploymentSpec.builder("web", "web:1").build()));
        Instance placed = instances("web").get(0);
        answer(agent.report(new InstanceStatus(
                placed.id(), 1, InstanceState.FAILED, "pull\u001b[31m failed\nERROR forged", 0, false)));
        String all = node("n1") + instances("web").toString() + events;
        assertThat(all).contains("pull?[31m failed ERROR forged", "no  room?]0;x?", "h?[2J");
        assertThat(all.chars()).noneMatch(c -> c < ' ' || (c >= 0x7f && c <= 0x9f) || c == 0x202e);
    }

    private List<Instance> instances(String name) {
        return server.snapshot().deployment(name).orElseThrow().instances().stream()
                .filter(instance -> instance.state() != InstanceState.STOPPED)
                .toList();
    }

    @Test
    @DisplayName("whoever lost its identity to a copy of its folder is told what stays behind, and an event says so")
    void copiedFolder() {
        ScriptedAgent agent = agent("n1");
        agent.session = 2;
        assertThat(answer(agent.beat()).refusal()).isNull();

        agent.session = 1;
        HeartbeatReply lost = answer(agent.beat());
        assertThat(lost.refusal()).isEqualTo("node_id_taken");
        assertThat(lost.message()).contains("still there", "label=knit.node=n1");
        assertThat(events)
                .anyMatch(e -> e.type().equals("node.refused") && e.message().contains("label=knit.node=n1"));
    }

    @Test
    @DisplayName("an agent that is not taken for the node makes no other one of another identity its older copy")
    void notACopy() {
        ScriptedAgent first = agent("n1");
        answer(first.beat());
        queue.runFor(Duration.ofSeconds(30));
        assertThat(node("n1").state()).isEqualTo(NodeState.DOWN);

        ScriptedAgent other = agent("n1");
        other.identity = "another";
        other.session = 5;
        other.engineId = "EF:GH";
        Future<HeartbeatReply> back = first.beat();
        Future<HeartbeatReply> late = other.beat();
        assertThat(answer(back).refusal()).isNull();
        assertThat(answer(late).refusal()).isEqualTo("node_id_taken");
        assertThat(answer(first.beat()).refusal()).isNull();
    }

    @Test
    @DisplayName(
            "the holder's engine is told to copies of its folder alone, only in plain characters, and a last word changes no node")
    void holdersEngine() {
        ScriptedAgent agent = agent("n1");
        agent.session = 2;
        agent.engineId = "AB:CD";
        answer(agent.beat());
        agent.session = 1;
        agent.engineId = "EF:GH";
        HeartbeatReply lost = answer(agent.beat());
        assertThat(lost.holderEngine()).isEqualTo("AB:CD");
        assertThat(lost.message()).contains("stops and removes");
        for (int i = 0; i < 5; i++) {
            agent.removed = i;
            assertThat(answer(agent.beat()).refusal()).isEqualTo("node_id_taken");
        }
        assertThat(events)
                .filteredOn(e -> e.message().contains("removed the containers"))
                .hasSize(1);
        // also where it is not older than anybody
        agent.session = 3;
        assertThat(answer(agent.beat()).refusal()).isEqualTo("node_id_taken");
        agent.removed = null;
        agent.session = 2;
        assertThat(answer(agent.beat()).refusal()).isNull();

        ScriptedAgent other = agent("n1");
        other.identity = "another";
        other.engineId = "EF:GH";
        HeartbeatReply taken = answer(other.beat());
        assertThat(taken.refusal()).isEqualTo("node_id_taken");
        assertThat(taken.holderEngine()).isNull();

        agent.engineId = "AB\u001b[1m";
        answer(agent.beat());
        agent.session = 1;
        agent.engineId = "EF:GH";
        assertThat(answer(agent.beat()).holderEngine()).isNull();
        ScriptedAgent nobody = agent("n9");
        nobody.removed = 1;
        Future<HeartbeatReply> none = nobody.beat();
        queue.runFor(Duration.ofSeconds(3));
        assertThat(none.failed()).isTrue();
        assertThat(server.snapshot().nodes()).extracting(Node::id).containsExactly("n1");
    }
}
