package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Command;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.Order;
import io.knit.api.model.StartTimes;
import io.knit.core.server.state.Change;
import io.knit.core.server.view.Views;
import io.knit.core.spec.SpecTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs to its end, by the pure controller. */
class JobTest {
    /** How the next attempts of a slot end, the first first; one that is not told runs on. */
    private final Map<Integer, List<Integer>> ends = new HashMap<>();

    private final List<String> started = new ArrayList<>();
    private final List<Instant> times = new ArrayList<>();
    private int most;
    private boolean silent;
    private final PureCluster cluster = new PureCluster(this::says, this::count);

    JobTest() {
        join("n1");
        join("n2");
    }

    private void join(String id) {
        Node plain = node(id, Map.of());
        cluster.join(node(id, NodeState.READY, able(plain.facts(), List.of("restart"))));
    }

    private @Nullable Observed says(Instance instance, Instant now) {
        if (silent) {
            return null;
        }
        if (instance.observed().state() == null) {
            started.add(instance.id());
            times.add(now);
            return new Observed(InstanceState.RUNNING, "", 0, false, 1, now);
        }
        List<Integer> next = ends.getOrDefault(instance.slot(), List.of());
        if (instance.observed().state() != InstanceState.RUNNING || next.isEmpty()) {
            return null;
        }
        return ended(next.remove(0), now);
    }

    private static Observed ended(int code, Instant now) {
        return new Observed(InstanceState.FAILED, "ended with exit code " + code, 0, code != 0, 2, now);
    }

    private void ends(int slot, Integer... codes) {
        ends.put(slot, new ArrayList<>(List.of(codes)));
    }

    private void count() {
        most = (int)
                Math.max(most, live().stream().filter(it -> it.node() != null).count());
    }

    private static DeploymentSpec job(JobSpec job) {
        return DeploymentSpec.builder("sum", "sum:1").job(job).build();
    }

    private static JobSpec of(int completions, int parallelism, int retries) {
        return new JobSpec(completions, parallelism, retries, null);
    }

    private void deploy(DeploymentSpec spec) {
        cluster.run(new Command.Deploy(spec, null));
        cluster.settle();
    }

    private List<Instance> live() {
        return cluster.instances("sum").stream().filter(Instance::isLive).toList();
    }

    private JobRun run() {
        return Objects.requireNonNull(cluster.deployment("sum").run());
    }

    private DeploymentStatus status() {
        return Views.deployment(cluster.state(), cluster.deployment("sum")).status();
    }

    @Test
    void whatEndedWellIsNeverStartedAgain() {
        ends(0, 0);
        deploy(job(JobSpec.DEFAULT));

        assertThat(run().phase()).isEqualTo(JobRun.Phase.COMPLETED);
        assertThat(run().completed()).containsExactly(0);
        assertThat(status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(started).hasSize(1);
        assertThat(cluster.instances("sum")).as("its container is removed").isEmpty();
        cluster.pass(Duration.ofDays(1));
        cluster.put(List.of(new Change.PutDeployment(cluster.deployment("sum"))));
        cluster.settle();
        assertThat(started).hasSize(1);
    }

    @Test
    void soManyAndNoMoreAtOnce() {
        for (int slot = 0; slot < 7; slot++) {
            ends(slot, 0);
        }
        deploy(job(of(7, 3, 0)));

        assertThat(run().phase()).isEqualTo(JobRun.Phase.COMPLETED);
        assertThat(run().completed()).hasSize(7);
        assertThat(started).hasSize(7);
        assertThat(most).isEqualTo(3);
    }

    @Test
    void whileItRunsItIsSaidToRun() {
        deploy(job(of(3, 2, 0)));
        assertThat(status()).isEqualTo(DeploymentStatus.RUNNING);
        assertThat(live()).hasSize(2);
    }

    @Test
    void anAttemptThatFailedIsFollowedByAnotherLaterAndLater() {
        ends(0, 3, 3, 3, 0);
        deploy(job(JobSpec.DEFAULT));

        assertThat(run().phase()).isEqualTo(JobRun.Phase.COMPLETED);
        assertThat(run().failures()).isEqualTo(3);
        assertThat(started).hasSize(4).doesNotHaveDuplicates();
        assertThat(times.stream().map(it -> Duration.between(NOW, it).toSeconds()))
                .containsExactly(0L, 1L, 3L, 7L);
    }

    @Test
    void withoutRetriesLeftItHasFailedAndTheLastAttemptStaysToBeLookedInto() {
        ends(0, 3, 4);
        deploy(job(of(2, 2, 1)));

        assertThat(run().phase()).isEqualTo(JobRun.Phase.FAILED);
        assertThat(status()).isEqualTo(DeploymentStatus.FAILED);
        assertThat(run().reason())
                .contains("sum-0-", "ended with exit code 4")
                .endsWith("; job.retries, 1, are used up");
        assertThat(started).hasSize(3);
        assertThat(cluster.instances("sum")).singleElement().satisfies(kept -> {
            assertThat(kept.slot()).isZero();
            assertThat(kept.state()).isEqualTo(InstanceState.FAILED);
        });
        cluster.run(new Command.Undeploy("sum", null));
        assertThat(cluster.state().instances()).isEmpty();
    }

    @Test
    void anAttemptThatCannotBeginHasFailed() {
        silent = true;
        cluster.run(new Command.Deploy(job(of(1, 1, 1)), null));
        for (int failures = 1; failures <= 2; failures++) {
            assertThat(run().isUnderWay()).isTrue();
            Instance attempt = live().get(0);
            Observed silenced = new Observed(InstanceState.PREPARING, "", 0, true, 1, cluster.now());
            cluster.put(List.of(new Change.PutObserved(attempt.id(), silenced)));
            Observed begins = new Observed(InstanceState.STARTING, "", 0, false, 2, cluster.now());
            cluster.put(List.of(new Change.PutObserved(attempt.id(), begins)));
            assertThat(live()).as("who is at it has not failed").containsExactly(attempt.with(begins));
            Observed refused = new Observed(
                    InstanceState.STARTING, "no such user; tries again in 1 s (attempt 2)", 0, true, 3, cluster.now());
            cluster.put(List.of(new Change.PutObserved(attempt.id(), refused)));
            assertThat(run().failures()).isEqualTo(failures);
            cluster.settle();
        }

        assertThat(run().phase()).isEqualTo(JobRun.Phase.FAILED);
        assertThat(run().reason()).endsWith(": no such user; job.retries, 1, are used up");
        assertThat(cluster.instances("sum")).isEmpty();
    }

    /** Its agent was started anew since, and does not know how far it had come; or it is an older one, and the words are those of what is under way. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "stopped by its agent: no server was heard for 5m (disconnect.stop_after)",
                "init container slow runs",
                "stopped by its agent: no server was heard for 5m (disconnect.stop_after); sidecar log can't be started: no such user; tries again in 1 s (attempt 2)",
                "sidecar log can't be started: no such user; tries again in 1 s (attempt 2)"
            })
    void anAttemptThatItsAgentStoppedBeforeItRanHasNotFailed(String said) {
        silent = true;
        cluster.run(new Command.Deploy(job(of(1, 1, 0)), null));
        Instance attempt = live().get(0);
        Observed silenced = new Observed(InstanceState.STARTING, said, 0, true, 1, cluster.now());
        cluster.put(List.of(new Change.PutObserved(attempt.id(), silenced)));

        assertThat(run().failures()).isZero();
        assertThat(live()).containsExactly(attempt.with(silenced));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no such user; tries again in 1 s (attempt 2)",
                "init container log ended with exit code 3: two\nlines; tries again in 1 s (attempt 2)",
                "no such user; tries again in 1 s (attempt 2); sidecar log ended with exit code 1; starts again in 1 s (restart 1)",
                "no such user; tries again in 1 s (attempt 2); sidecar log can't be started: x; tries again in 1 s (attempt 2)"
            })
    void whatIsRefusedHasFailedWhateverElseIsSaid(String said) {
        silent = true;
        cluster.run(new Command.Deploy(job(of(1, 1, 0)), null));
        Observed refused = new Observed(InstanceState.STARTING, said, 0, true, 1, cluster.now());
        cluster.put(List.of(new Change.PutObserved(live().get(0).id(), refused)));

        assertThat(run().failures()).isEqualTo(1);
    }

    @Test
    void anAttemptThatTakesTooLongHasFailed() {
        deploy(job(new JobSpec(1, 1, 1, Duration.ofMinutes(5))));

        assertThat(run().phase()).isEqualTo(JobRun.Phase.FAILED);
        assertThat(run().reason()).contains("it did not end within 5m");
        assertThat(started).hasSize(2);
        assertThat(cluster.instances("sum")).isEmpty();
        assertThat(Duration.between(NOW, cluster.now())).isEqualTo(Duration.ofSeconds(601));
    }

    /** With a check: until that succeeds first, nothing else says since when it runs. */
    @Test
    void whatAStartTakesIsNoPartOfItsTimeout() {
        silent = true;
        cluster.run(new Command.Deploy(job(new JobSpec(1, 1, 0, Duration.ofMinutes(5))), null));
        String attempt = live().get(0).id();
        cluster.pass(Duration.ofMinutes(6));
        StartTimes took = new StartTimes(
                Duration.ZERO, Duration.ofSeconds(350), Duration.ofSeconds(8), Duration.ofSeconds(2), null);
        Observed runs = new Observed(
                InstanceState.RUNNING,
                "",
                0,
                false,
                1,
                cluster.now(),
                Health.STARTING,
                Instant.EPOCH,
                took,
                null,
                null,
                null,
                null);
        cluster.put(List.of(new Change.PutObserved(attempt, runs)));
        assertThat(run().isUnderWay()).isTrue();
        cluster.settle();

        assertThat(run().reason()).contains("it did not end within 5m");
        assertThat(Duration.between(NOW, cluster.now())).isEqualTo(Duration.ofMinutes(11));
    }

    @ParameterizedTest
    @ValueSource(longs = {2, -2})
    void aClockThatIsSetHoldsUpNeitherATimeoutNorARetryNorEndsOne(long hours) {
        ends(0, 3);
        cluster.run(new Command.Deploy(job(new JobSpec(1, 1, 1, Duration.ofMinutes(5))), null));
        cluster.setClock(Duration.ofHours(hours));
        cluster.put(List.of(new Change.PutDeployment(cluster.deployment("sum"))));
        assertThat(started).as("the retry waits").hasSize(1);
        cluster.goOn();
        assertThat(started).as("the retry").hasSize(2);
        Instant begun = cluster.state().served();
        cluster.setClock(Duration.ofHours(hours));
        cluster.put(List.of(new Change.PutDeployment(cluster.deployment("sum"))));
        assertThat(run().isUnderWay()).isTrue();
        cluster.settle();

        assertThat(run().reason()).contains("it did not end within 5m");
        assertThat(Duration.between(begun, cluster.state().served())).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void aNodeThatIsDownCostsNoRetryAndItsAttemptIsCountedOnceWhicheverEndsFirst() {
        deploy(job(of(1, 1, 0)));
        Instance first = live().get(0);
        String node = Objects.requireNonNull(first.node());
        cluster.judge(node, NodeState.DOWN);
        cluster.settle();
        assertThat(live()).hasSize(1).extracting(Instance::node).doesNotContain(node);
        assertThat(run().failures()).isZero();

        // both end well
        ends(0, 0);
        cluster.judge(node, NodeState.READY);
        cluster.settle();
        assertThat(run().phase()).isEqualTo(JobRun.Phase.COMPLETED);
        assertThat(run().completed()).containsExactly(0);
        assertThat(cluster.instances("sum")).isEmpty();
    }

    @Test
    void aLostAttemptThatEndedWellMeanwhileIsCountedBeforeAnotherRuns() {
        cluster.judge("n2", NodeState.DOWN);
        deploy(job(of(1, 1, 0)));
        Instance first = live().get(0);
        cluster.judge("n1", NodeState.DOWN);
        cluster.settle();
        assertThat(live()).as("one waits for a node").hasSize(1).allMatch(it -> it.node() == null);

        ends(0, 0);
        cluster.judge("n1", NodeState.READY);
        cluster.settle();
        assertThat(run().phase()).isEqualTo(JobRun.Phase.COMPLETED);
        assertThat(started).containsExactly(first.id());
    }

    @Test
    void ofASlotThatIsDoneNobodyCountsHowItsOtherAttemptEnded() {
        deploy(job(of(1, 1, 0)));
        Instance first = live().get(0);
        // while another runs, what was lost is given up; this one only starts
        silent = true;
        cluster.judge(Objects.requireNonNull(first.node()), NodeState.DOWN);
        cluster.settle();
        Instance second = live().get(0);
        Instance back = Objects.requireNonNull(cluster.state().instance(first.id()));
        cluster.put(List.of(
                new Change.PutInstance(back.found(cluster.now(), cluster.now())),
                new Change.PutObserved(second.id(), ended(3, cluster.now())),
                new Change.PutObserved(first.id(), ended(0, cluster.now()))));
        cluster.settle();

        assertThat(run().phase()).isEqualTo(JobRun.Phase.COMPLETED);
        assertThat(run().failures()).isZero();
    }

    @Test
    void whatIsSaidTwiceOrLateIsCountedOnce() {
        deploy(job(of(2, 2, 0)));
        Instance first = live().get(0);
        Change said = new Change.PutObserved(first.id(), ended(0, cluster.now()));
        cluster.put(List.of(said, said));
        assertThat(run().completed()).hasSize(1);
        cluster.put(List.of(said));
        cluster.settle();
        assertThat(run().completed()).hasSize(1);
        assertThat(run().phase()).isEqualTo(JobRun.Phase.RUNNING);
        assertThat(live()).hasSize(1);
    }

    @Test
    void whatANodeCannotTakeIsNoFailureOfTheJob() {
        deploy(job(of(1, 1, 0)));
        Instance first = live().get(0);
        cluster.put(List.of(new Change.PutObserved(
                first.id(), new Observed(InstanceState.REJECTED, "no such image", 0, true, 2, cluster.now()))));
        cluster.settle();

        assertThat(run().failures()).isZero();
        assertThat(live()).singleElement().satisfies(next -> {
            assertThat(next.node()).isNotEqualTo(first.node());
            assertThat(next.attempt()).isEqualTo(1);
        });
    }

    @Test
    void eachRevisionIsARunOfItsOwn() {
        ends(0, 0);
        deploy(job(of(2, 2, 0)));
        assertThat(run().completed()).containsExactly(0);
        String old = live().get(0).id();
        deploy(DeploymentSpec.builder("sum", "sum:2").job(of(2, 2, 0)).build());
        assertThat(run().revision()).isEqualTo(2);
        assertThat(run().completed()).isEmpty();
        assertThat(cluster.instances("sum")).hasSize(2).noneMatch(it -> it.id().equals(old));

        ends(0, 0);
        ends(1, 0);
        cluster.run(new Command.Restart("sum", false, null));
        cluster.settle();
        assertThat(run().revision()).isEqualTo(3);
        assertThat(run().phase()).isEqualTo(JobRun.Phase.COMPLETED);
        int before = started.size();
        deploy(DeploymentSpec.builder("sum", "sum:2").job(of(2, 2, 0)).build());
        assertThat(started).as("the same spec again").hasSize(before);
    }

    @Test
    void paused() {
        ends(0, 0);
        ends(1, 0);
        cluster.run(new Command.Deploy(job(of(2, 1, 0)), null));
        cluster.run(new Command.Restart("sum", false, null));
        cluster.settle();
        deploy(job(of(3, 1, 0)));
        cluster.run(new Command.Pause("sum", null));
        ends(0, 0);
        ends(1, 0);
        ends(2, 0);
        cluster.put(List.of(new Change.PutDeployment(cluster.deployment("sum"))));
        cluster.settle();
        assertThat(run().completed()).as("what runs ends; nothing new begins").containsExactly(0);
        cluster.run(new Command.Resume("sum", null));
        cluster.settle();
        assertThat(run().completed()).containsExactly(0, 1, 2);
    }

    @Test
    void onADrainedNodeAnAttemptEndsByItselfOrAtTheDeadline() {
        deploy(job(of(1, 1, 0)));
        Instance first = live().get(0);
        cluster.run(new Command.SetAvailability(Objects.requireNonNull(first.node()), NodeWish.Availability.DRAINED));
        cluster.settle();
        assertThat(live()).containsExactly(cluster.state().instance(first.id()));
        assertThat(Objects.requireNonNull(cluster.state().instance(first.id())).order())
                .isEqualTo(Order.RUN);
    }

    @Test
    void anAgentThatKnowsNoRestartGetsNone() {
        assertThat(SpecTable.features(job(JobSpec.DEFAULT))).containsExactly("restart");
        PureCluster old = new PureCluster(PureCluster.RUNS, () -> {});
        old.join(node("n1", Map.of()));
        old.run(new Command.Deploy(job(JobSpec.DEFAULT), null));
        old.settle();
        Instance waits =
                Views.deployment(old.state(), old.deployment("sum")).instances().get(0);
        assertThat(waits.reason()).contains("n1 has an agent 0.1.0 that knows no restart; upgrade it");
    }

    @Test
    void itCannotBeScaledNorBecomeAnother() {
        deploy(job(JobSpec.DEFAULT));
        assertThatThrownBy(() -> cluster.run(new Command.Scale("sum", 3, null)))
                .isInstanceOf(KnitException.class)
                .hasMessage(
                        "sum has the mode job and no replicas; deploy it with other job.completions or job.parallelism, which runs it anew");
        assertThatThrownBy(() -> deploy(
                        DeploymentSpec.builder("sum", "sum:1").mode(Mode.GLOBAL).build()))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("can't become global");
    }
}
