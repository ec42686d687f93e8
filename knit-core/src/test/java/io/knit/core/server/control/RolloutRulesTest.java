package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.Observed;
import io.knit.api.model.OnFailure;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.Rollout;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Update;
import io.knit.core.spec.SpecTable;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers of {@code update}, each where it alone decides; whole rollouts are {@link RolloutTest}'s. */
class RolloutRulesTest {
    private static final Duration MINUTES = Duration.ofMinutes(5);

    /** Revisions whose containers end as soon as they are started. */
    private final Set<Integer> broken = new HashSet<>();

    /** Revisions whose programs end for good soon after they are started. */
    private final Set<Integer> over = new HashSet<>();

    private int most;
    /** Slots that the second revision was ever tried in. */
    private final Set<Integer> newer = new HashSet<>();

    private final PureCluster cluster = new PureCluster(this::says, this::count);

    private @org.jspecify.annotations.Nullable Observed says(Instance instance, Instant now) {
        if (over.contains(instance.revision()) && instance.observed().state() == InstanceState.RUNNING) {
            return new Observed(InstanceState.FAILED, "ended with exit code 1", 0, true, 2, now)
                    .healthySince(Instant.EPOCH);
        }
        if (!broken.contains(instance.revision())) {
            return PureCluster.RUNS.of(instance, now);
        }
        return instance.observed().state() == null ? broke(now) : null;
    }

    private static Observed broke(Instant now) {
        return new Observed(InstanceState.RUNNING, "broke", 0, true, 1, now).healthySince(Instant.EPOCH);
    }

    private void count() {
        most = (int)
                Math.max(most, live().stream().filter(it -> it.node() != null).count());
        cluster.instances("web").stream()
                .filter(it -> it.revision() == 2 && it.node() != null)
                .forEach(it -> newer.add(it.slot()));
    }

    @BeforeEach
    void nodes() {
        for (String id : List.of("n1", "n2", "n3")) {
            cluster.join(node(id, Map.of()));
        }
    }

    private List<Instance> live() {
        return cluster.instances("web").stream().filter(Instance::isLive).toList();
    }

    private Map<Integer, Long> byRevision() {
        return live().stream().collect(Collectors.groupingBy(Instance::revision, TreeMap::new, Collectors.counting()));
    }

    private Rollout rollout() {
        return cluster.deployment("web").rollout();
    }

    private String image() {
        return cluster.deployment("web").spec().image();
    }

    private void deploy(int image, Update update, int replicas) {
        cluster.run(new Command.Deploy(spec(image, update, replicas).build(), null));
    }

    private static DeploymentSpecBuilder spec(int image, Update update, int replicas) {
        return DeploymentSpec.builder("web", "web:" + image).replicas(replicas).update(update);
    }

    private void healthy(Update update, int replicas) {
        deploy(1, update, replicas);
        cluster.settle();
        assertThat(rollout().healthy()).isEqualTo(1);
    }

    /** One that ran breaks. */
    private void breaks(int revision) {
        Instance one = live().stream()
                .filter(it -> it.revision() == revision)
                .findFirst()
                .orElseThrow();
        cluster.put(List.of(new io.knit.core.server.state.Change.PutObserved(one.id(), broke(cluster.now()))));
    }

    @Test
    void noMoreCanariesThanWereAskedForHoweverManyMayBeReplacedAtOnce() {
        Update rules = Update.DEFAULT.withMaxParallel(3).withCanary(1, false);
        healthy(rules, 4);
        deploy(2, rules, 4);
        assertThat(byRevision()).isEqualTo(Map.of(1, 4L, 2, 1L));
        cluster.settle();

        assertThat(rollout().phase()).isEqualTo(Phase.CANARY);
        assertThat(byRevision()).isEqualTo(Map.of(1, 3L, 2, 1L));
    }

    @Test
    void aCanaryThatFailedForGoodIsOneOfThemYet() {
        Update rules = Update.DEFAULT.withMaxParallel(3).withCanary(1, false).withFailures(OnFailure.ROLLBACK, 2);
        healthy(rules, 4);
        over.add(2);
        for (String id : List.of("n1", "n2", "n3")) {
            Node plain = node(id, Map.of());
            cluster.join(plain.with(able(plain.facts(), List.copyOf(SpecTable.features()))));
        }
        cluster.run(
                new Command.Deploy(spec(2, rules, 4).restart(RestartSpec.ONCE).build(), null));
        cluster.settle();

        assertThat(newer).hasSize(1);
    }

    @Test
    void whoPromotesBeforeTheCanariesAreHealthyIsNotAskedAgain() {
        Update rules = Update.DEFAULT.withCanary(1, false);
        healthy(rules, 3);
        deploy(2, rules, 3);
        assertThat(rollout().phase()).isEqualTo(Phase.MOVING);
        cluster.run(new Command.Promote("web", null));
        cluster.settle();

        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
    }

    @Test
    void eachSuccessRenewsTheTimeForTheNext() {
        Update rules =
                Update.DEFAULT.withMinHealthy(Duration.ofSeconds(40)).withDeadlines(MINUTES, Duration.ofSeconds(60));
        healthy(rules, 3);
        Instant begun = cluster.now();
        deploy(2, rules, 3);
        cluster.settle();

        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
        assertThat(Duration.between(begun, cluster.now())).isEqualTo(Duration.ofSeconds(120));
    }

    @Test
    void withoutAnySuccessItIsOverAtThatMoment() {
        Update rules =
                Update.DEFAULT.withMinHealthy(Duration.ofSeconds(61)).withDeadlines(MINUTES, Duration.ofSeconds(60));
        healthy(rules, 3);
        deploy(2, rules, 3);
        cluster.pass(Duration.ofMillis(59_999));
        cluster.put(List.of());
        Instant begun = cluster.now();
        cluster.goOn();

        assertThat(Duration.between(begun, cluster.now())).isEqualTo(Duration.ofMillis(1));
        assertThat(rollout().reason()).startsWith("revision 2 made no progress within 1m");
        assertThat(image()).isEqualTo("web:1");
    }

    @Test
    void whereItGoesOnThoughSomeFailItIsInNoHasteEither() {
        Update rules = Update.DEFAULT.withFailures(OnFailure.CONTINUE, 0);
        healthy(rules, 2);
        cluster.run(new Command.Deploy(
                DeploymentSpec.builder("web", "web:2")
                        .replicas(2)
                        .nodeSelector("zone", "moon")
                        .update(rules)
                        .build(),
                null));
        cluster.pass(Duration.ofHours(1));
        cluster.put(List.of(new io.knit.core.server.state.Change.PutNode(node("n4", Map.of()))));
        cluster.settle();

        assertThat(rollout().phase()).isEqualTo(Phase.MOVING);
        assertThat(cluster.deployment("web").revision()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void allThatFailedAreCountedAlsoWhereItGoesOn(int atOnce) {
        Update rules = Update.DEFAULT.withMaxParallel(atOnce).withFailures(OnFailure.CONTINUE, 1);
        healthy(rules, 5);
        broken.add(2);
        deploy(2, rules, 5);
        cluster.settle();

        assertThat(rollout().failures()).isEqualTo(5);
        assertThat(cluster.deployment("web").revision()).isEqualTo(2);
    }

    @Test
    void itGoesBackPastARevisionThatWasNeverHealthyInEverySlot() {
        healthy(Update.DEFAULT, 3);
        deploy(2, Update.DEFAULT, 3);
        cluster.goOn();
        assertThat(byRevision().keySet()).containsExactly(1, 2);
        broken.add(3);
        deploy(3, Update.DEFAULT, 3);
        cluster.settle();

        assertThat(rollout().reason()).endsWith("; went back to revision 1");
        assertThat(image()).isEqualTo("web:1");
        assertThat(live()).hasSize(3).allMatch(Instance::isHealthy);
    }

    @Test
    void howManyThereAreStaysAsItWasWishedLast() {
        healthy(Update.DEFAULT, 2);
        broken.add(2);
        deploy(2, Update.DEFAULT, 4);
        cluster.settle();

        assertThat(image()).isEqualTo("web:1");
        assertThat(live()).hasSize(4).allMatch(Instance::isHealthy);
    }

    @Test
    void afterGoingBackNobodyRunsBesideOneThatIsGone() {
        healthy(Update.DEFAULT, 2);
        broken.add(2);
        deploy(2, Update.DEFAULT, 2);
        cluster.settle();

        assertThat(image()).isEqualTo("web:1");
        assertThat(live()).hasSize(2).allMatch(it -> it.until() == null);
    }

    /** As an agent says it that was started anew, and knows nothing of what its checks said. */
    private void isCheckedAnew(Instance canary) {
        Observed said = new Observed(
                InstanceState.RUNNING,
                "",
                0,
                false,
                canary.statusSeq() + 1,
                cluster.now(),
                Health.STARTING,
                Instant.EPOCH);
        cluster.put(List.of(new io.knit.core.server.state.Change.PutObserved(
                canary.id(), said.wellUntil(cluster.state().served()))));
    }

    @Test
    void whatDidItsWorkHasItsWholeTimeToBeWellAgain() {
        Update rules = Update.DEFAULT.withCanary(1, false);
        healthy(rules, 3);
        deploy(2, rules, 3);
        cluster.settle();
        cluster.pass(MINUTES.plusHours(1));
        assertThat(rollout().phase()).isEqualTo(Phase.CANARY);
        Instance canary =
                live().stream().filter(it -> it.revision() == 2).findFirst().orElseThrow();
        isCheckedAnew(canary);
        assertThat(rollout().phase()).isEqualTo(Phase.CANARY);
        assertThat(byRevision()).isEqualTo(Map.of(1, 2L, 2, 1L));

        cluster.pass(rules.healthyDeadline().minusMillis(1));
        cluster.put(List.of());
        assertThat(rollout().phase()).isEqualTo(Phase.CANARY);
        cluster.settle();
        assertThat(rollout().reason()).contains("it is not healthy after 5m").endsWith("went back to revision 1");
    }

    /** Three of four are of the bad revision by then. */
    private void goesBackFromTheFourth() {
        Update rules = Update.DEFAULT.withCanary(1, false);
        healthy(rules, 4);
        deploy(2, rules, 4);
        cluster.settle();
        cluster.run(new Command.Promote("web", null));
        cluster.goOn();
        cluster.goOn();
        assertThat(byRevision()).containsEntry(2, 4L);
        most = 0;
    }

    @Test
    void allGoBackAtOnceAndNotThroughCanaries() {
        goesBackFromTheFourth();
        breaks(2);

        assertThat(most)
                .as("three that are to go, another for each, and the one that had not gone yet")
                .isEqualTo(7);
        assertThat(byRevision()).isEqualTo(Map.of(3, 4L));
        cluster.settle();
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
    }

    @Test
    void whatFailsOnTheWayBackHoldsUpNobody() {
        Update rules = Update.DEFAULT.withFailures(OnFailure.PAUSE, 0);
        healthy(rules, 3);
        deploy(2, rules, 3);
        cluster.settle();
        broken.add(3);
        cluster.run(new Command.Rollback("web", null, null));
        cluster.settle();

        assertThat(rollout().phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(byRevision()).containsEntry(3, 3L);
    }
}
