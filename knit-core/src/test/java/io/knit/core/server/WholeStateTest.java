package io.knit.core.server;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static io.knit.core.server.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.core.server.documents.kept.SpecRef;
import io.knit.core.server.schedule.fleet.Account;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.SpecBlob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of a store is put together at once, and must be what one change after the other makes. */
class WholeStateTest {
    private static final List<InstanceState> STATES =
            List.of(InstanceState.RUNNING, InstanceState.STOPPING, InstanceState.FAILED, InstanceState.LOST);

    private final List<Node> nodes =
            List.of(node("n1", Map.of()), node("n2", Map.of("a", "b")), node("n3", Map.of()), node("n4", Map.of()));

    private static List<Deployment> deployments() {
        List<Deployment> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add(deployment(1 + i % 3, spec("app-" + i).replicas(1 + i % 4).build()));
        }
        return all;
    }

    private List<Instance> instances(Random random) {
        List<Instance> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String of = "app-" + random.nextInt(14);
            Instance waits = pending(of + "-" + i, of, 1, i);
            String node = nodes.get(random.nextInt(nodes.size())).id();
            all.add(
                    switch (random.nextInt(4)) {
                        case 0 -> waits;
                        case 1 -> waits.stopping("undeployed", NOW);
                        default -> on(node, waits, STATES.get(random.nextInt(STATES.size())));
                    });
        }
        return all;
    }

    private static ClusterState atOnce(List<Node> nodes, List<Deployment> deployments, List<Instance> instances) {
        TreeMap<String, Deployment> byName = new TreeMap<>();
        TreeMap<String, Revision> byKey = new TreeMap<>();
        deployments.forEach(each -> {
            Revision revision = Revision.of(each.revision(), each.spec());
            byName.put(each.name(), each);
            byKey.put(Revision.key(revision.deployment(), revision.number()), revision);
        });
        ClusterState state = ClusterState.of("testcluster", byName, byKey).servedAt(NOW);
        for (Node node : nodes) {
            state = new Change.PutNode(node).applyTo(state);
        }
        TreeMap<String, Instance> byId = new TreeMap<>();
        instances.forEach(each -> byId.put(each.id(), each));
        return state.withAll(byId);
    }

    private void assertTheSame(ClusterState one, ClusterState other) {
        assertThat(one.deployments()).isEqualTo(other.deployments());
        assertThat(one.revisions()).containsExactlyElementsOf(other.revisions());
        assertThat(one.instances()).isEqualTo(other.instances());
        assertThat(one.waiting()).isEqualTo(other.waiting());
        assertThat(one.served()).isEqualTo(other.served());
        for (int i = 0; i < 14; i++) {
            String name = "app-" + i;
            assertThat(one.instancesIn(name)).isEqualTo(other.instancesIn(name));
            assertThat(one.waitingOf(name)).containsExactlyElementsOf(other.waitingOf(name));
            assertThat(one.fleet().liveOf(name)).isEqualTo(other.fleet().liveOf(name));
            for (Account account : one.fleet().nodes()) {
                assertThat(one.fleet().thereOf(name, account))
                        .isEqualTo(other.fleet().thereOf(name, account));
            }
        }
        for (Node node : nodes) {
            assertThat(one.instancesOn(node.id())).isEqualTo(other.instancesOn(node.id()));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @DisplayName("at once it is what one change after the other makes, and so is what follows from it")
    void asByChanges(long seed) {
        Random random = new Random(seed);
        List<Instance> instances = instances(random);
        ClusterState whole = atOnce(nodes, deployments(), instances);
        ClusterState changed = state(nodes, deployments(), instances);
        assertTheSame(whole, changed);
        assertThat(whole.loaded().knowsWaitsOf(whole.waiting().iterator().next()))
                .isFalse();

        for (Instance each : instances) {
            Change next = random.nextBoolean()
                    ? new Change.RemoveInstance(each.id())
                    : new Change.PutInstance(each.stopping("undeployed", NOW));
            whole = next.applyTo(whole);
            changed = next.applyTo(changed);
        }
        assertTheSame(whole, changed);
    }

    @Test
    @DisplayName("instances are counted once: where there are some, no whole is put beside them")
    void notTwice() {
        ClusterState some = state(List.of(), List.of(), List.of(pending("web-0-a", "web", 1, 0)));
        assertThatThrownBy(() -> some.withAll(new TreeMap<>())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("a deployment is asked about once it was: the others are not known of yet")
    void unasked() {
        ClusterState read = state(
                        List.of(), List.of(), List.of(pending("web-0-a", "web", 1, 0), pending("api-0-a", "api", 1, 0)))
                .loaded();
        ClusterState asked = new Change.PutWaits("web", List.of()).applyTo(read);

        assertThat(asked.knowsWaitsOf("web")).isTrue();
        assertThat(asked.knowsWaitsOf("api")).isFalse();
        assertThat(asked.loaded(List.of("web")).knowsWaitsOf("web")).isFalse();
        assertThat(asked.loaded(List.of("web")).knowsWaitsOf("api")).isTrue();
    }

    @Test
    @DisplayName("a stored spec that has all but its name in its blob is not made a second time")
    void theBlobItself() {
        DeploymentSpec plain =
                DeploymentSpec.builder("web", "nginx:1.27").env("A", "1").build();
        DeploymentSpec many = DeploymentSpec.builder("web", "nginx:1.27")
                .env("A", "1")
                .replicas(3)
                .nodeSelector("zone", "a")
                .build();
        DeploymentSpec blob = SpecBlob.of(plain).read();

        assertThat(SpecRef.of(plain, "0").with(blob)).isSameAs(blob).isEqualTo(plain);
        assertThat(SpecRef.of(many, "0").with(blob)).isEqualTo(many);
        assertThat(SpecRef.of(plain, "0").with(many)).isEqualTo(plain);
    }
}
