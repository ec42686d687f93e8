package io.knit.core.server.plan;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.ids;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Constraint;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeState;
import io.knit.api.model.Order;
import io.knit.api.model.Preparation;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Strategy;
import io.knit.api.model.TcpCheck;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Use;
import io.knit.core.wire.SpecHash;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnchangedTest {
    private final Map<String, Node> nodes = new LinkedHashMap<>(Map.of(
            "n1", node("n1", Map.of("zone", "a")),
            "n2", node("n2", Map.of("zone", "b"))));
    private final Map<Integer, DeploymentSpec> specs = new HashMap<>();
    private final Map<Integer, String> containers = new HashMap<>();
    private final Facts facts = new Facts() {
        @Override
        public Instant served() {
            return NOW;
        }

        @Override
        public @Nullable Node node(String id) {
            return nodes.get(id);
        }

        @Override
        public Collection<Node> nodes() {
            return nodes.values();
        }

        @Override
        public boolean servesOthers(String node) {
            return false;
        }

        @Override
        public @Nullable DeploymentSpec spec(int revision) {
            return specs.get(revision);
        }

        @Override
        public String container(int revision) {
            return containers.getOrDefault(revision, "");
        }
    };
    private final IdSource ids = ids();

    /** As the deploy command does it: what makes the same container as an earlier revision has its hash. */
    private Deployment revision(int number, DeploymentSpecBuilder builder) {
        DeploymentSpec spec = builder.build();
        String container = specs.entrySet().stream()
                .filter(it -> SpecTable.same(Use.CONTAINER, it.getValue(), spec))
                .findFirst()
                .map(it -> containers.get(it.getKey()))
                .orElseGet(() -> SpecHash.of(spec));
        specs.put(number, spec);
        containers.put(number, container);
        return deployment(number, spec);
    }

    @Test
    void aCheckIsTakenOverWhereTheAgentKnowsIt() {
        revision(1, spec("web"));
        Deployment second = revision(2, spec("web").health(HealthSpec.of(new TcpCheck(80))));
        Instance runs = on("n1", pending("a", "web", 1, 0), InstanceState.RUNNING);

        // another takes its place, on a node whose agent would check it
        assertThat(plan(second, runs).create()).hasSize(1);

        Node known = Objects.requireNonNull(nodes.get("n1"));
        nodes.put("n1", known.with(features(known, "health")));
        DeploymentPlan plan = plan(second, runs);
        assertThat(plan.create()).isEmpty();
        assertThat(plan.update())
                .singleElement()
                .satisfies(i -> assertThat(i.revision()).isEqualTo(2));
    }

    private static NodeFacts features(Node node, String... features) {
        NodeFacts facts = node.facts();
        return new NodeFacts(
                facts.hostname(),
                facts.labels(),
                facts.capacity(),
                facts.engineVersion(),
                facts.agentVersion(),
                facts.meshIp(),
                facts.meshKey(),
                facts.condition(),
                List.of(features));
    }

    private DeploymentPlan plan(Deployment deployment, Instance... instances) {
        return DeploymentPlanner.plan(deployment, List.of(instances), facts, NOW, ids);
    }

    private static Instance running(String id, int revision, int slot) {
        return in(InstanceState.RUNNING, id, revision, slot);
    }

    private static Instance in(InstanceState state, String id, int revision, int slot) {
        return on("n1", pending(id, "web", revision, slot), state);
    }

    @Test
    void scalingUpStartsOnlyWhatIsMissing() {
        revision(1, spec("web"));
        Deployment twelve = revision(2, spec("web").replicas(12));

        DeploymentPlan plan = plan(twelve, running("a", 1, 0));

        assertThat(plan.create()).hasSize(11).extracting(Instance::slot).doesNotContain(0);
        assertThat(plan.update()).containsExactly(running("a", 1, 0).ofRevision(2));
    }

    @Test
    void scalingDownLeavesTheOthersAlone() {
        revision(1, spec("web").replicas(3));
        Deployment one = revision(2, spec("web").replicas(1));

        DeploymentPlan plan = plan(one, running("a", 1, 0), running("b", 1, 1), running("c", 1, 2));

        assertThat(plan.create()).isEmpty();
        assertThat(plan.update())
                .filteredOn(i -> i.order() == Order.STOP)
                .extracting(Instance::id, Instance::reason)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("b", "scaled down to 1"),
                        org.assertj.core.groups.Tuple.tuple("c", "scaled down to 1"));
        assertThat(plan.update())
                .filteredOn(i -> i.order() == Order.RUN)
                .containsExactly(running("a", 1, 0).ofRevision(2));
    }

    @Test
    void whatIsOnItsWayGoesOnWhenOnlyTheCountChanges() {
        revision(1, spec("web").replicas(3));
        Deployment four = revision(2, spec("web").replicas(4));
        Instance starting = in(InstanceState.STARTING, "b", 1, 1);
        Instance waiting = Instance.pending("c", "web", 1, 2, 3, List.of("n1"), NOW, "no node fits", NOW);

        DeploymentPlan plan = plan(four, running("a", 1, 0), starting, waiting);

        assertThat(plan.update()).contains(starting.ofRevision(2), waiting.ofRevision(2));
        assertThat(plan.create()).extracting(Instance::slot).containsExactly(3);
        assertThat(plan.forget()).isEmpty();
    }

    @Test
    void aRenewedPasswordRestartsNothingThatRunsAndTriesAtOnceWhatDoesNot() {
        revision(1, spec("web").replicas(3));
        Deployment renewed =
                revision(2, spec("web").replicas(3).pull(PullPolicy.ALWAYS).registryAuth("me", "new"));
        Instance fetching = in(InstanceState.PREPARING, "b", 1, 1);
        Instance refused = Instance.pending("c", "web", 1, 2, 3, List.of("n1"), NOW, "no access", NOW);

        DeploymentPlan plan = plan(renewed, running("a", 1, 0), fetching, refused);

        assertThat(plan.update()).contains(running("a", 1, 0).ofRevision(2));
        assertThat(plan.create()).extracting(Instance::slot).containsExactly(1, 2);
        assertThat(plan.forget()).extracting(Instance::id).containsExactly("c");
    }

    @Test
    void anotherSelectorMovesOneAfterTheOtherOnlyWhatIsOnANodeThatNoLongerFits() {
        revision(1, spec("web").replicas(4));
        Deployment zoned = revision(2, spec("web").replicas(4).nodeSelector("zone", "b"));
        Instance fits = on("n2", pending("c", "web", 1, 2), InstanceState.RUNNING);

        DeploymentPlan plan = plan(zoned, running("a", 1, 0), running("b", 1, 1), fits, running("d", 1, 3));

        assertThat(plan.update()).containsExactly(fits.ofRevision(2));
        assertThat(plan.create()).extracting(Instance::slot).containsExactly(0);
        assertThat(plan.keep()).extracting(Instance::id).containsExactlyInAnyOrder("a", "b", "d");
    }

    @Test
    void anotherConstraintMovesOnlyWhatIsOnANodeThatNoLongerFits() {
        revision(1, spec("web").replicas(2));
        Deployment zoned = revision(
                2, spec("web").replicas(2).constraint(new Constraint("zone", Constraint.Op.NOT_EQUAL, "a", List.of())));
        Instance fits = on("n2", pending("b", "web", 1, 1), InstanceState.RUNNING);

        DeploymentPlan plan = plan(zoned, running("a", 1, 0), fits);

        assertThat(plan.update()).containsExactly(fits.ofRevision(2));
        assertThat(plan.create()).extracting(Instance::slot).containsExactly(0);
    }

    @Test
    void whatSaysWhichNodeIsBetterOrWhatComesFirstMovesNothing() {
        revision(1, spec("web"));
        Deployment other = revision(
                2,
                spec("web")
                        .spreadBy("zone")
                        .maxPerNode(1)
                        .strategy(Strategy.BINPACK)
                        .dependsOn("db"));

        DeploymentPlan plan = plan(other, running("a", 1, 0));

        assertThat(plan.update()).containsExactly(running("a", 1, 0).ofRevision(2));
        assertThat(plan.create()).isEmpty();
    }

    @Test
    void whatStaysThoughItsNodeLostTheLabelIsNotMovedByScaling() {
        revision(1, spec("web").nodeSelector("zone", "gone"));
        Deployment two = revision(2, spec("web").replicas(2).nodeSelector("zone", "gone"));

        assertThat(plan(two, running("a", 1, 0)).update())
                .containsExactly(running("a", 1, 0).ofRevision(2));
    }

    @Test
    void anotherContainerIsMadeAnew() {
        revision(1, spec("web"));
        Deployment changed = revision(2, spec("web").env("A", "1"));

        DeploymentPlan plan = plan(changed, running("a", 1, 0));

        assertThat(plan.update()).isEmpty();
        assertThat(plan.create()).extracting(Instance::slot).containsExactly(0);
    }

    @Test
    void goingBackTakesOverWhatWasNotYetReplaced() {
        revision(1, spec("web").replicas(2));
        revision(2, spec("web").replicas(2).env("A", "broken"));
        Deployment back = revision(3, spec("web").replicas(2));
        Instance next = pending("a2", "web", 2, 0).preparedBy(new Preparation("n1", false), "");

        DeploymentPlan plan = plan(back, running("a", 1, 0), next, running("b", 1, 1));

        assertThat(plan.update())
                .containsExactlyInAnyOrder(
                        running("a", 1, 0).ofRevision(3), running("b", 1, 1).ofRevision(3));
        assertThat(plan.forget()).extracting(Instance::id).containsExactly("a2");
        assertThat(plan.create()).isEmpty();
    }

    @Test
    void scalingInTheMiddleOfAnUpdateGoesOnWithIt() {
        revision(1, spec("web").replicas(3));
        revision(2, spec("web").replicas(3).env("A", "1"));
        Deployment more = revision(3, spec("web").replicas(4).env("A", "1"));
        Instance next = pending("b2", "web", 2, 1).preparedBy(new Preparation("n1", false), "");

        DeploymentPlan plan = plan(more, running("a2", 2, 0), running("b", 1, 1), next, running("c", 1, 2));

        assertThat(plan.update()).containsExactlyInAnyOrder(running("a2", 2, 0).ofRevision(3), next.ofRevision(3));
        assertThat(plan.keep()).extracting(Instance::id).containsExactlyInAnyOrder("b", "c");
        assertThat(plan.create()).isEmpty();
    }

    @Test
    void revisionsThatNameTheSameContainerDifferentlyAreNotMixedUp() {
        // as a server stored them that knew nothing of this: a container made by one does not carry the other's hash
        revision(1, spec("web"));
        Deployment second = revision(2, spec("web").replicas(2));
        containers.put(2, SpecHash.of(second.spec()));

        assertThat(plan(second, running("a", 1, 0)).update()).isEmpty();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void planningAgainRightAfterApplyingGivesNothingToDo(int seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            specs.clear();
            nodes.put("n1", node("n1", NodeState.values()[1 + random.nextInt(3)], Map.of("zone", "a"), null));
            Deployment deployment = deployment(1, spec("web").build());
            for (int number = 1; number <= 3; number++) {
                DeploymentSpecBuilder next = spec("web").replicas(random.nextInt(5));
                next.env("A", "" + random.nextInt(2));
                next.pull(random.nextBoolean() ? PullPolicy.ALWAYS : PullPolicy.MISSING);
                deployment = revision(number, random.nextBoolean() ? next : next.nodeSelector("zone", "b"));
            }
            List<Instance> instances = new ArrayList<>();
            for (int i = 0; i < random.nextInt(8); i++) {
                InstanceState state = InstanceState.values()[random.nextInt(InstanceState.values().length)];
                Instance instance = Instance.pending(
                        "i" + i,
                        "web",
                        1 + random.nextInt(3),
                        random.nextInt(5),
                        0,
                        List.of(),
                        NOW,
                        "",
                        NOW.plusMillis(i));
                String home = random.nextBoolean() ? "n1" : "n2";
                instances.add(state == InstanceState.PENDING ? instance : on(home, instance, state));
            }
            DeploymentPlan plan = plan(deployment, instances.toArray(Instance[]::new));

            List<String> found = new ArrayList<>();
            List.of(plan.keep(), plan.update(), plan.forget()).forEach(l -> l.forEach(i -> found.add(i.id())));
            assertThat(found)
                    .containsExactlyInAnyOrderElementsOf(
                            instances.stream().map(Instance::id).toList());
            List<Instance> after = new ArrayList<>(plan.keep());
            after.addAll(plan.update());
            after.addAll(plan.create());
            DeploymentPlan again = plan(deployment, after.toArray(Instance[]::new));
            assertThat(again.isEmpty())
                    .as("round %d: %s then %s", round, plan, again)
                    .isTrue();
        }
    }
}
