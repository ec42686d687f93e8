package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.OnFailure;
import io.knit.api.model.Rollout;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.core.server.state.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Canaries of a {@code global} deployment whose nodes go away, by the pure controller. */
class GlobalCanaryTest {
    private static final Duration HOURS = Duration.ofHours(5);

    /** Revisions whose containers end as soon as they are started. */
    private final Set<Integer> broken = new HashSet<>();
    /** Nodes that were ever given the second revision, or a later one. */
    private final Set<String> given = new TreeSet<>();

    private final PureCluster cluster = new PureCluster(this::says, this::count);

    private @Nullable Observed says(Instance instance, Instant now) {
        if (instance.observed().state() != null) {
            return null;
        }
        boolean ends = broken.contains(instance.revision());
        Observed first = new Observed(InstanceState.RUNNING, ends ? "it ended with exit code 3" : "", 0, ends, 1, now);
        return ends ? first.healthySince(Instant.EPOCH) : first;
    }

    private void count() {
        cluster.instances("log").stream()
                .filter(it -> it.revision() > 1 && it.node() != null)
                .forEach(it -> given.add(String.valueOf(it.node())));
    }

    private void deploy(int image, Update rules) {
        cluster.run(new Command.Deploy(
                DeploymentSpec.builder("log", "log:" + image)
                        .mode(Mode.GLOBAL)
                        .nodeSelector("zone", "a")
                        .update(rules)
                        .build(),
                null));
    }

    private void join(String id) {
        cluster.join(node(id, Map.of("zone", "a")));
    }

    /** The first revision runs on so many nodes, and the first canaries have just been given the second. */
    private void begun(int nodes, Update rules) {
        for (int i = 1; i <= nodes; i++) {
            join("n" + i);
        }
        deploy(1, rules);
        cluster.settle();
        deploy(2, rules);
    }

    private void hoursLater() {
        cluster.goTo(cluster.now().plus(HOURS));
    }

    private void away(String node) {
        cluster.silence(node);
        hoursLater();
    }

    private void back(String node) {
        cluster.judge(node, NodeState.READY);
        cluster.settle();
    }

    private void wish(String node, NodeWish.Availability availability) {
        cluster.run(new Command.SetAvailability(node, availability));
        hoursLater();
    }

    private Rollout rollout() {
        return cluster.deployment("log").rollout();
    }

    private Map<String, Integer> running() {
        return cluster.instances("log").stream()
                .filter(it -> it.isLive() && it.state() == InstanceState.RUNNING)
                .collect(
                        Collectors.toMap(it -> String.valueOf(it.node()), Instance::revision, Math::max, TreeMap::new));
    }

    private static Update one() {
        return Update.DEFAULT.withCanary(1, false);
    }

    private void requireWaits(String why) {
        assertThat(rollout().phase()).isEqualTo(Phase.CANARY);
        assertThat(rollout().awaits(2)).isTrue();
        assertThat(rollout().reason())
                .isEqualTo(why + " away; the others wait until that is back or forgotten, or it is promoted");
    }

    private void requireHealthy(int canaries) {
        assertThat(rollout().phase()).isEqualTo(Phase.CANARY);
        assertThat(rollout().awaits(canaries)).isFalse();
        assertThat(rollout().reason()).startsWith(canaries + " canar").contains("healthy; the others wait");
        assertThat(rollout().away()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = UpdateOrder.class,
            names = {"START_FIRST", "STOP_FIRST"})
    @DisplayName("a canary whose node goes down stays the only one, and the rollout waits for it and says so")
    void down(UpdateOrder order) {
        begun(4, one().withOrder(order));
        assertThat(given).containsExactly("n1");
        away("n1");
        requireWaits("canary n1 (down) is");
        assertThat(given).containsExactly("n1");
        assertThat(running()).isEqualTo(Map.of("n2", 1, "n3", 1, "n4", 1));

        back("n1");
        requireHealthy(1);
        assertThat(given).containsExactly("n1");
    }

    @Test
    @DisplayName("one that waits for its promotion says that its canary is away, and that it is back")
    void downWhileItWaits() {
        begun(3, one());
        cluster.settle();
        requireHealthy(1);
        away("n1");
        requireWaits("canary n1 (down) is");
        back("n1");
        requireHealthy(1);
        assertThat(given).containsExactly("n1");
    }

    @Test
    @DisplayName("what is promoted by itself waits, and goes on once its canary is back and healthy")
    void byItself() {
        begun(3, Update.DEFAULT.withCanary(1, true));
        away("n1");
        requireWaits("canary n1 (down) is");
        back("n1");
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        assertThat(running()).isEqualTo(Map.of("n1", 2, "n2", 2, "n3", 2));
    }

    @Test
    @DisplayName("in place of a canary whose node is forgotten another one is tried")
    void forgotten() {
        begun(3, one());
        away("n1");
        cluster.run(new Command.ForgetNode("n1"));
        cluster.settle();
        requireHealthy(1);
        assertThat(given).containsExactly("n1", "n2");
    }

    @Test
    @DisplayName(
            "a canary that is drained has lost what it had, counts all the same, and has it first when it takes work again")
    void drained() {
        begun(3, one());
        wish("n1", NodeWish.Availability.DRAINED);
        requireWaits("canary n1 (drained) is");
        assertThat(cluster.instances("log")).noneMatch(it -> "n1".equals(it.node()));
        assertThat(running()).isEqualTo(Map.of("n2", 1, "n3", 1));

        wish("n1", NodeWish.Availability.ACTIVE);
        requireHealthy(1);
        assertThat(given).containsExactly("n1");
        assertThat(running()).isEqualTo(Map.of("n1", 2, "n2", 1, "n3", 1));
    }

    @Test
    @DisplayName("the same of one that is paused, or not wanted any more")
    void otherwise() {
        begun(4, one());
        wish("n1", NodeWish.Availability.PAUSED);
        requireWaits("canary n1 (paused) is");
        wish("n1", NodeWish.Availability.ACTIVE);
        requireHealthy(1);

        cluster.run(new Command.LabelNode("n1", Map.of("zone", "b")));
        hoursLater();
        requireWaits("canary n1 (not wanted any more) is");
        assertThat(given).containsExactly("n1");
    }

    @Test
    @DisplayName("it can be promoted while its canary is away, paused, resumed and rolled back")
    void byHand() {
        begun(3, one());
        away("n1");
        cluster.run(new Command.Pause("log", null));
        hoursLater();
        cluster.run(new Command.Resume("log", null));
        hoursLater();
        requireWaits("canary n1 (down) is");
        assertThat(given).containsExactly("n1");

        cluster.run(new Command.Promote("log", null));
        cluster.settle();
        assertThat(running()).isEqualTo(Map.of("n2", 2, "n3", 2));
        back("n1");
        assertThat(running()).isEqualTo(Map.of("n1", 2, "n2", 2, "n3", 2));

        deploy(3, one());
        away("n1");
        cluster.run(new Command.Rollback("log", null, null));
        cluster.settle();
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        assertThat(cluster.deployment("log").spec().image()).isEqualTo("log:2");
        assertThat(cluster.deployment("log").rollout().away()).isEmpty();
    }

    @Test
    @DisplayName("of two canaries one is away: the other is tried, and it waits for both")
    void two() {
        begun(4, Update.DEFAULT.withCanary(2, false).withMaxParallel(1));
        away("n1");
        assertThat(given).containsExactly("n1", "n2");
        requireWaits("canary n1 (down) is");
        away("n2");
        requireWaits("canaries n1 (down), n2 (down) are");
        back("n2");
        requireWaits("canary n1 (down) is");
        back("n1");
        requireHealthy(2);
        assertThat(given).containsExactly("n1", "n2");
    }

    @Test
    @DisplayName("one of two canaries is not both, also where no other node is there for the moment")
    void oneOfTwo() {
        begun(3, Update.DEFAULT.withCanary(2, false).withMaxParallel(2));
        cluster.settle();
        requireHealthy(2);
        cluster.silence("n1");
        away("n3");
        requireWaits("canary n1 (down) is");
        back("n1");
        requireHealthy(2);
        assertThat(given).containsExactly("n1", "n2");
    }

    @Test
    @DisplayName(
            "a node of which only the older filling was heard of yet has its turn before one that does not stay up")
    void olderFirst() {
        begun(3, one());
        away("n1");
        Instance older = of("n1");
        Observed broke = new Observed(InstanceState.RUNNING, "broke", 1, true, 2, cluster.now());
        cluster.put(List.of(new Change.PutObserved(of("n2").id(), broke)));
        cluster.put(List.of(
                new Change.PutJudgement("n1", new NodeJudgement(NodeState.READY, "", cluster.now(), List.of())),
                new Change.PutInstance(
                        older.found(cluster.now(), cluster.state().served()))));
        cluster.settle();
        assertThat(given).containsExactly("n1");
    }

    /** The filling of the first revision. */
    private Instance of(String node) {
        return cluster.instances("log").stream()
                .filter(it -> node.equals(it.node()) && it.revision() == 1)
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("a node that joins while a canary is away is not given what no canary was healthy with")
    void joins() {
        begun(3, one());
        away("n1");
        join("n9");
        hoursLater();
        assertThat(given).containsExactly("n1");
        requireWaits("canary n1 (down) is");
        back("n1");
        assertThat(given).containsExactly("n1", "n9");
    }

    @Test
    @DisplayName("one that fails when it is back is judged as any other")
    void failsWhenItIsBack() {
        broken.add(2);
        begun(3, one().withFailures(OnFailure.ROLLBACK, 1));
        away("n1");
        requireWaits("canary n1 (down) is");
        back("n1");
        hoursLater();
        assertThat(cluster.deployment("log").spec().image()).isEqualTo("log:1");
        assertThat(given).contains("n1");
        assertThat(running()).isEqualTo(Map.of("n1", 3, "n2", 3, "n3", 3));
    }

    @Test
    @DisplayName("what only changes the rules of the update tries on with the same nodes")
    void otherRules() {
        begun(4, one());
        away("n1");
        deploy(2, one().withMinHealthy(Duration.ofSeconds(7)));
        hoursLater();
        requireWaits("canary n1 (down) is");
        assertThat(cluster.instances("log"))
                .filteredOn(it -> it.revision() == 3)
                .allMatch(it -> "n1".equals(it.node()));
        assertThat(running().values()).containsOnly(1);
    }

    @Test
    @DisplayName("a node that is down with what is wanted again is no canary")
    void wantedAgain() {
        begun(3, one());
        cluster.settle();
        cluster.run(new Command.Promote("log", null));
        cluster.silence("n3");
        cluster.settle();
        deploy(1, one());
        cluster.settle();
        requireHealthy(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    @DisplayName(
            "a revision that is too much for its nodes, which go and come as they like, is never given to more than its canaries")
    void neverMore(int canaries) {
        for (int seed = 0; seed < 40; seed++) {
            new GlobalCanaryTest().walk(canaries, new Random(seed));
        }
    }

    private void walk(int canaries, Random random) {
        begun(6, Update.DEFAULT.withCanary(canaries, false).withMaxParallel(1 + random.nextInt(2)));
        for (int i = 0; i < 60; i++) {
            String node = "n" + (1 + random.nextInt(6));
            switch (random.nextInt(6)) {
                case 0, 1 -> cluster.silence(node);
                case 2 -> cluster.judge(node, NodeState.READY);
                // one that never had it would be empty then, and is given it as a node that is new
                case 3 -> cluster.run(new Command.SetAvailability("n1", NodeWish.Availability.DRAINED));
                case 4 -> cluster.run(new Command.SetAvailability(node, NodeWish.Availability.ACTIVE));
                default -> cluster.run(new Command.SetAvailability(node, NodeWish.Availability.PAUSED));
            }
            cluster.goTo(cluster.now().plusSeconds(random.nextInt(20)));
            assertThat(given).hasSizeLessThanOrEqualTo(canaries);
        }
        for (String node : List.of("n1", "n2", "n3", "n4", "n5", "n6")) {
            cluster.run(new Command.SetAvailability(node, NodeWish.Availability.ACTIVE));
            cluster.judge(node, NodeState.READY);
        }
        cluster.settle();
        assertThat(given).hasSize(canaries);
        requireHealthy(canaries);
    }
}
