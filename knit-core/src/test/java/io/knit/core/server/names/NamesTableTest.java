package io.knit.core.server.names;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static io.knit.core.server.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.Observed;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.NamedDeployment;
import io.knit.core.wire.NamedInstance;
import io.knit.core.wire.NamesPage;
import io.knit.core.wire.WireCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The table follows from the commits alone, and is told so that who missed some still comes to it. */
class NamesTableTest {
    private static final PortBinding PORT = new PortBinding("10.54.0.1", 8080, 80, Protocol.TCP);

    private ClusterState state = state(
            List.of(node("n1", Map.of()), node("n2", Map.of())),
            List.of(deployment(1, spec("web").build())),
            List.of(on("n1", pending("web-0-a", "web", 1, 0), InstanceState.RUNNING, PORT)));
    private NamesTable table = NamesTable.of(state);
    private final TreeSet<String> changed = new TreeSet<>();

    private void commit(Change... changes) {
        ClusterState before = state;
        for (Change change : changes) {
            state = change.applyTo(state);
        }
        table = table.after(new Commit(before, state, List.of(changes), List.of()), changed);
        NamesTable fresh = NamesTable.of(state);
        assertThat(table.entries()).isEqualTo(fresh.entries());
        assertThat(table.digest()).isEqualTo(fresh.digest());
    }

    private static Observed running(boolean failing, Health health) {
        Observed plain = new Observed(InstanceState.RUNNING, "", 0, failing, 7, NOW);
        return new Observed(
                InstanceState.RUNNING, "", 0, failing, 7, NOW, health, NOW, plain.start(), null, null, null);
    }

    private @Nullable NamedInstance web() {
        return (NamedInstance) table.entry("i web-0-a");
    }

    private Change meshed(String node, @Nullable String ip) {
        NodeFacts old = Objects.requireNonNull(state.node(node)).facts();
        return new Change.PutFacts(
                node,
                new NodeFacts(
                        old.hostname(),
                        old.labels(),
                        old.capacity(),
                        old.engineVersion(),
                        old.agentVersion(),
                        ip,
                        ip == null ? null : "key",
                        "",
                        old.features()));
    }

    private Change judged(NodeState judged) {
        return new Change.PutJudgement("n1", new NodeJudgement(judged, "", NOW, List.of()));
    }

    @Test
    @DisplayName(
            "who does not do its work is not found: ended, failing, unhealthy, not checked yet, told to stop, on a node that is down")
    void theHealthyAlone() {
        assertThat(web()).isNotNull();
        String before = table.digest();
        commit(new Change.PutObserved("web-0-a", running(true, Health.NONE)));
        assertThat(web()).isNull();
        commit(new Change.PutObserved("web-0-a", running(false, Health.STARTING)));
        assertThat(web()).isNull();
        commit(new Change.PutObserved("web-0-a", running(false, Health.UNHEALTHY)));
        assertThat(web()).isNull();
        commit(new Change.PutObserved("web-0-a", running(false, Health.HEALTHY)));
        assertThat(web()).isNotNull();
        assertThat(table.digest()).isEqualTo(before);

        commit(judged(NodeState.SUSPECT));
        assertThat(web()).isNotNull();
        commit(judged(NodeState.DOWN));
        assertThat(web()).isNull();
        commit(judged(NodeState.READY));
        assertThat(web()).isNotNull();

        Instance known = state.instance("web-0-a");
        assertThat(known).isNotNull();
        commit(new Change.PutInstance(known.stopping("undeployed", NOW)));
        assertThat(web()).isNull();
        commit(new Change.RemoveInstance("web-0-a"));
        assertThat(table.entry("d web")).isNotNull();
        commit(new Change.RemoveDeployment("web"));
        assertThat(table.digest()).isEqualTo(NamesTable.EMPTY.digest());
    }

    @Test
    @DisplayName(
            "a table is added up when it is first asked for, and comes to the same as one that was asked each time")
    void addedUpLate() {
        ClusterState before = state;
        NamesTable late = table;
        List<Change> changes = List.of(
                judged(NodeState.DOWN),
                new Change.PutDeployment(deployment(1, spec("api").build())),
                judged(NodeState.READY),
                new Change.RemoveDeployment("web"));
        for (Change change : changes) {
            ClusterState next = change.applyTo(before);
            late = late.after(new Commit(before, next, List.of(change), List.of()), new TreeSet<>());
            before = next;
            commit(change);
        }

        assertThat(late.digest()).isEqualTo(table.digest()).isNotEqualTo(NamesTable.EMPTY.digest());
    }

    private Change routed(String... subnets) {
        NodeFacts old = Objects.requireNonNull(state.node("n1")).facts();
        return new Change.PutFacts(
                "n1",
                new NodeFacts(
                        old.hostname(),
                        old.labels(),
                        old.capacity(),
                        old.engineVersion(),
                        old.agentVersion(),
                        old.meshIp(),
                        old.meshKey(),
                        "",
                        old.features(),
                        "",
                        "",
                        null,
                        List.of(),
                        "",
                        List.of(subnets),
                        ""));
    }

    @Test
    @DisplayName("its container's own address is told where it lies in a subnet that is its node's, and the"
            + " mesh leads there")
    void ownAddress() {
        Observed plain = running(false, Health.NONE);
        Observed at = new Observed(
                plain.state(), "", 0, false, 8, NOW, Health.NONE, NOW, plain.start(), null, null, null, "10.210.1.7");
        commit(new Change.PutObserved("web-0-a", at));
        assertThat(web()).isNotNull().extracting(NamedInstance::direct).isNull();
        commit(routed("10.210.2.0/24"));
        assertThat(web()).isNotNull().extracting(NamedInstance::direct).isNull();
        commit(routed("10.210.2.0/24", "10.210.1.0/24"));
        assertThat(web()).isNotNull().extracting(NamedInstance::direct).isEqualTo("10.210.1.7");
        commit(routed());
        assertThat(web()).isNotNull().extracting(NamedInstance::direct).isNull();
    }

    @Test
    @DisplayName("it is found at its node's mesh address, else where a port is published on an address of its own")
    void whereItIs() {
        commit(meshed("n1", "10.54.0.1"));
        assertThat(web()).isEqualTo(new NamedInstance("web-0-a", "web", "n1", "10.54.0.1", List.of(PORT)));
        commit(meshed("n1", null));
        assertThat(web()).extracting(NamedInstance::address).isEqualTo("10.54.0.1");
        // how a port is held is nothing that others need know
        PortBinding relayed =
                new PortBinding(PORT.hostIp(), PORT.hostPort(), PORT.containerPort(), PORT.protocol(), true, true);
        commit(new Change.PutInstance(on("n1", pending("web-0-a", "web", 1, 0), InstanceState.RUNNING, relayed)));
        assertThat(web()).isNotNull().extracting(NamedInstance::ports).isEqualTo(List.of(PORT));
        commit(new Change.PutInstance(on(
                "n1",
                pending("web-0-a", "web", 1, 0),
                InstanceState.RUNNING,
                new PortBinding("127.0.0.1", 8080, 80, Protocol.TCP),
                new PortBinding("0.0.0.0", 8081, 81, Protocol.TCP))));
        assertThat(web()).extracting(NamedInstance::address).isNull();
    }

    private @Nullable String published(String meshIp, PortBinding... ports) {
        commit(meshed("n1", meshIp));
        commit(new Change.PutInstance(on("n1", pending("web-0-a", "web", 1, 0), InstanceState.RUNNING, ports)));
        assertThat(web()).isNotNull();
        return web().address();
    }

    private static PortBinding at(String ip) {
        return new PortBinding(ip, 8080, 80, Protocol.TCP);
    }

    @Test
    @DisplayName(
            "a node's mesh address is told of who has something there, and of nobody whose port another could have")
    void nothingAtTheMesh() {
        String mesh = "10.54.0.7";
        assertThat(published(mesh)).isNull();
        assertThat(published(mesh, at("127.0.0.1"), at("192.168.1.7"), at("10.54.0.8"), at("::")))
                .isNull();
        assertThat(published(mesh, at("127.0.0.1"), at(mesh))).isEqualTo(mesh);
        assertThat(published(mesh, at("0.0.0.0"))).isEqualTo(mesh);
        assertThat(published("fd00::7", at("0.0.0.0"))).isNull();
        assertThat(published("fd00::7", at("::"))).isEqualTo("fd00::7");
        assertThat(published("fd00::7", at("FD00:0::7"))).isEqualTo("fd00::7");
    }

    @Test
    @DisplayName("who is on its host's network has all ports of the mesh address, by the revision that it runs")
    void hostNetwork() {
        Function<String, NetworkSpec> on = network -> new NetworkSpec(network, "", List.of(), List.of());
        commit(new Change.PutRevision(
                Revision.of(2, spec("web").network(on.apply(NetworkSpec.HOST)).build())));
        commit(new Change.PutRevision(
                Revision.of(3, spec("web").network(on.apply(NetworkSpec.NONE)).build())));
        commit(meshed("n1", "10.54.0.7"));
        for (int revision = 1; revision <= 3; revision++) {
            commit(new Change.PutInstance(on("n1", pending("web-0-a", "web", revision, 0), InstanceState.RUNNING)));
            assertThat(web())
                    .as("revision %s", revision)
                    .isNotNull()
                    .extracting(NamedInstance::address)
                    .isEqualTo(revision == 2 ? "10.54.0.7" : null);
        }
    }

    @Test
    @DisplayName("a deployment is found by its stack and its aliases there, and by those of each network that it is on")
    void aliases() {
        commit(new Change.PutDeployment(deployment(
                2,
                spec("web")
                        .stack("shop")
                        .network(new NetworkSpec(
                                "",
                                "",
                                List.of(),
                                List.of(),
                                List.of(
                                        new NamedNetwork("a", List.of("www", "front")),
                                        new NamedNetwork("b", List.of("front"), true))))
                        .build())));
        assertThat(table.entry("d web"))
                .isEqualTo(new NamedDeployment(
                        "web",
                        "shop",
                        List.of("front", "www"),
                        List.of(
                                new NamedNetwork("a", List.of("www", "front")),
                                new NamedNetwork("b", List.of("front")))));
    }

    @Test
    @DisplayName("a fleet without networks has the digest that it has at a server that tells of none")
    void withoutNetworks() {
        assertThat(WireCodec.encodeText(Objects.requireNonNull(table.entry("d web"))))
                .isEqualTo("{\"aliases\":[],\"name\":\"web\",\"stack\":\"\"}");
    }

    /** What an agent makes of pages. */
    private static final class Reader {
        final Map<String, Record> held = new TreeMap<>();

        @Nullable
        String digest;

        void take(NamesPage page) {
            page.goneInstances().forEach(id -> held.remove("i " + id));
            page.goneDeployments().forEach(id -> held.remove("d " + id));
            page.deployments().forEach(it -> held.put("d " + it.name(), it));
            page.instances().forEach(it -> held.put("i " + it.id(), it));
        }
    }

    private static void read(Reader reader, NamesLog log, int most, Runnable between) {
        String next = null;
        NamesPage first = null;
        String have = reader.digest;
        do {
            NamesPage page = log.page("here", have, next, most);
            if (first == null) {
                first = page;
                if (page.from() == null) {
                    reader.held.clear();
                }
            }
            assertThat(page.from()).isEqualTo(first.from());
            reader.take(page);
            next = page.next();
            between.run();
        } while (next != null);
        reader.digest = first.digest();
    }

    private NamesTable changed(NamesTable before, Random random, List<String> keys) {
        NamesTable next = before;
        for (int i = random.nextInt(6); i >= 0; i--) {
            String name = "x" + random.nextInt(40);
            boolean instance = random.nextBoolean();
            Record entry = random.nextInt(3) == 0
                    ? null
                    : instance
                            ? new NamedInstance(name, "web", "n" + random.nextInt(3), null, List.of())
                            : new NamedDeployment(name, "s" + random.nextInt(3), List.of());
            String key = (instance ? "i " : "d ") + name;
            next = next.with(key, entry);
            keys.add(key);
        }
        return next;
    }

    @Test
    @DisplayName(
            "whoever reads pages while it changes, misses what is told, or was away for long, comes to the same table")
    void pagesOfAMovingTable() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<NamesTable> now = new ArrayList<>(List.of(NamesTable.EMPTY));
            NamesLog log = new NamesLog(NamesTable.EMPTY);
            Reader follower = new Reader();
            follower.digest = NamesTable.EMPTY.digest();
            Runnable change = () -> {
                List<String> keys = new ArrayList<>();
                NamesTable next = changed(now.get(0), random, keys);
                for (NamesPage page : log.tell(next, keys, "here", 1 + random.nextInt(200))) {
                    if (page.from() != null && page.from().equals(follower.digest) && random.nextInt(4) > 0) {
                        follower.take(page);
                        follower.digest = page.digest();
                    }
                }
                now.set(0, next);
                assertThat(log.digest()).isEqualTo(next.digest());
            };
            Reader late = new Reader();
            for (int i = 0; i < 20; i++) {
                change.run();
                read(late, log, 1 + random.nextInt(400), random.nextBoolean() ? change : () -> {});
                if (random.nextInt(5) == 0) {
                    read(follower, log, 1 + random.nextInt(400), () -> {});
                }
            }
            for (Reader reader : Arrays.asList(late, follower, new Reader())) {
                read(reader, log, 300, () -> {});
                assertThat(reader.held).as("seed %s", seed).isEqualTo(now.get(0).entries());
                assertThat(reader.digest).isEqualTo(now.get(0).digest());
            }
        }
    }

    @Test
    @DisplayName("what is remembered of changes is bounded: who was away for longer gets all")
    void bounded() {
        NamesLog log = new NamesLog(NamesTable.EMPTY);
        NamesTable next = NamesTable.EMPTY
                .with("d a", new NamedDeployment("a", "", List.of()))
                .with("d gone", new NamedDeployment("gone", "", List.of()));
        log.tell(next, List.of("d a", "d gone"), "here", 1000);
        String early = log.digest();
        Reader away = new Reader();
        read(away, log, 1, () -> {});
        assertThat(away.held).hasSize(2);
        next = next.with("d gone", null);
        log.tell(next, List.of("d gone"), "here", 1000);
        for (int i = 0; i < NamesLog.MOST_VERSIONS + 1; i++) {
            next = next.with("d b", new NamedDeployment("b", "s" + i, List.of()));
            log.tell(next, List.of("d b"), "here", 1000);
            if (i == 10) {
                assertThat(log.page("here", early, null, 1000).from()).isEqualTo(early);
            }
        }
        NamesPage page = log.page("here", early, null, 1000);
        assertThat(page.from()).isNull();
        assertThat(page.deployments()).hasSize(2);

        // page by page, where the first is not the last: nothing of before stays
        assertThat(log.page("here", early, null, 1).from()).isNull();
        read(away, log, 1, () -> {});
        assertThat(away.held).isEqualTo(next.entries()).doesNotContainKey("d gone");
        assertThat(away.digest).isEqualTo(next.digest());
    }
}
