package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Plan;
import io.knit.api.model.CronSpec;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.Resources;
import io.knit.api.model.UpdateOrder;
import io.knit.core.server.Fixtures;
import io.knit.core.server.rehearsal.Rehearsal;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.Controller.Question;
import io.knit.core.spec.SpecTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who goes first, and who goes for whom, by the pure controller. A node has 1.9 cores. */
class PreemptionTest {
    private final PureCluster cluster = new PureCluster(PureCluster.RUNS, this::look);
    /** By id; who was pushed out, and by whom. */
    private final Map<String, String> pushed = new TreeMap<>();

    private void look() {
        for (Instance instance : cluster.state().instances().values()) {
            if (instance.pushedOutBy() != null) {
                pushed.put(instance.id(), instance.pushedOutBy());
                int victim = cluster.deployment(instance.deployment()).spec().priority();
                assertThat(cluster.deployment(instance.pushedOutBy()).spec().priority())
                        .as(instance.reason())
                        .isGreaterThan(victim);
            }
        }
        cluster.state()
                .fleet()
                .nodes()
                .forEach(account ->
                        assertThat(account.free().cpu()).as(account.id()).isNotNegative());
    }

    private void join(String... ids) {
        for (String id : ids) {
            Node plain = node(id, Map.of());
            cluster.join(plain.with(Fixtures.able(plain.facts(), SpecTable.features())));
        }
    }

    private static DeploymentSpecBuilder spec(String name, int priority, int cpu) {
        return DeploymentSpec.builder(name, "app:1").priority(priority).resources(Resources.DEFAULT.withCpu(cpu));
    }

    private void deploy(DeploymentSpecBuilder spec) {
        cluster.run(new Command.Deploy(spec.build(), null));
    }

    private List<Instance> running(String name) {
        return cluster.instances(name).stream()
                .filter(it -> it.state() == InstanceState.RUNNING)
                .toList();
    }

    private Instance only(String name) {
        assertThat(cluster.instances(name)).hasSize(1);
        return cluster.instances(name).get(0);
    }

    private void requirePushedOut(String... deployments) {
        List<String> names = new ArrayList<>();
        pushed.keySet().forEach(id -> names.add(id.substring(0, id.indexOf('-'))));
        assertThat(names).containsExactlyInAnyOrder(deployments);
    }

    @Test
    @DisplayName("of what waits the higher goes first, whatever was asked for first")
    void higherFirst() {
        deploy(spec("a", 50, 1_000));
        deploy(spec("b", 60, 1_000));
        deploy(spec("c", 40, 1_000));
        join("n1");
        assertThat(running("b")).hasSize(1);
        assertThat(running("a")).isEmpty();

        cluster.run(new Command.Undeploy("b", null));
        assertThat(running("a")).hasSize(1);
        assertThat(running("c")).isEmpty();
        requirePushedOut();
    }

    @Test
    @DisplayName("room that a deployment's own end leaves goes to who waits with a higher priority")
    void successorWaits() {
        join("n1");
        deploy(spec("a", 50, 1_000));
        deploy(spec("b", 60, 1_000));
        assertThat(running("b")).isEmpty();
        Instance old = running("a").get(0);
        cluster.put(List.of(new Change.PutInstance(old.stopping("by hand", cluster.now()))));
        assertThat(running("b")).hasSize(1);
        assertThat(running("a")).isEmpty();
    }

    @Test
    @DisplayName("also room that is found free only when the lower one is planned")
    void successorWaitsForItsPlan() {
        join("n1");
        deploy(spec("a", 50, 1_000));
        deploy(spec("b", 60, 1_000));
        Instance old = running("a").get(0);
        cluster.slow.add(old.id());
        cluster.put(List.of(new Change.PutInstance(old.stopping("by hand", cluster.now()))));
        assertThat(running("b")).isEmpty();

        Observed stopped = new Observed(InstanceState.STOPPED, "", 0, false, 9, cluster.now());
        cluster.put(List.of(new Change.PutObserved(old.id(), stopped)));
        assertThat(running("b")).hasSize(1);
        assertThat(running("a")).isEmpty();
    }

    @Test
    @DisplayName(
            "without preempt nobody is pushed out, however much higher it is; with it the lower one goes elsewhere")
    void onlyWhenAsked() {
        join("n1");
        deploy(spec("low", 10, 1_000));
        deploy(spec("shop", 900, 1_000));
        assertThat(only("shop").state()).isEqualTo(InstanceState.PENDING);
        requirePushedOut();

        deploy(spec("shop", 900, 1_000).preempt(true));
        requirePushedOut("low");
        assertThat(running("shop")).hasSize(1);
        assertThat(cluster.state().instance(only("low").id()))
                .isEqualTo(only("low").because("pushed out by shop (priority 900), for which nothing else made room"));
        assertThat(whole("low"))
                .isEqualTo("pushed out by shop (priority 900), for which nothing else made room; no node fits (1 node"
                        + " looked at): n1 has 0.9 of 1.9 cores free, 1 needed");

        join("n2");
        assertThat(running("low")).singleElement().extracting(Instance::node).isEqualTo("n2");
        requirePushedOut("low");
    }

    private String whole(String name) {
        return io.knit.core.server.state.WaitWords.whole(
                        only(name), cluster.state().waitsOf(name))
                .reason();
    }

    @Test
    @DisplayName("nobody of the same priority goes, and nobody is pushed back by who was pushed out")
    void neverBack() {
        join("n1");
        deploy(spec("low", 50, 1_000).preempt(true));
        deploy(spec("same", 50, 1_000).preempt(true));
        assertThat(running("low")).hasSize(1);
        requirePushedOut();

        deploy(spec("shop", 51, 1_000).preempt(true));
        requirePushedOut("low");
        cluster.settle();
        cluster.settle();
        requirePushedOut("low");
        assertThat(running("shop")).hasSize(1);
    }

    @Test
    @DisplayName("a node with room is taken first, and nobody goes where it would not help")
    void notInVain() {
        join("n1", "n2");
        deploy(spec("low", 10, 1_000));
        deploy(spec("shop", 900, 1_000).preempt(true));
        requirePushedOut();
        deploy(spec("huge", 950, 5_000).preempt(true));
        requirePushedOut();

        deploy(spec("high", 990, 600).replicas(2));
        deploy(spec("big", 950, 1_500).preempt(true));
        requirePushedOut();
        assertThat(only("big").state()).isEqualTo(InstanceState.PENDING);
    }

    @Test
    @DisplayName("nodes on which it would not fit with all lower ones gone are no reason to try no others")
    void triesOthers() {
        for (int i = 0; i < 150; i++) {
            Node plain = node("n" + (100 + i), Map.of("kind", i < 100 ? "busy" : "idle"));
            cluster.join(plain.with(Fixtures.able(plain.facts(), SpecTable.features())));
        }
        deploy(spec("agent", 10, 100).mode(Mode.GLOBAL));
        deploy(spec("busy", 950, 1_700).replicas(100).nodeSelector("kind", "busy"));
        deploy(spec("idle", 10, 1_700).replicas(50).nodeSelector("kind", "idle"));
        assertThat(running("idle")).hasSize(50);
        deploy(spec("urgent", 900, 1_700).preempt(true));
        requirePushedOut("idle");
        assertThat(running("urgent")).hasSize(1);
    }

    @Test
    @DisplayName("for two of one decision two are pushed out, and none counts twice")
    void twoAtOnce() {
        join("n1");
        deploy(spec("low", 10, 900).replicas(2));
        running("low").forEach(it -> cluster.slow.add(it.id()));
        assertThat(cluster.slow).hasSize(2);
        deploy(spec("urgent", 900, 900).replicas(2).preempt(true));
        requirePushedOut("low", "low");
    }

    @Test
    @DisplayName("of those that would do: the lowest priority, of that the fewest, of as many the newest")
    void whoGoes() {
        join("n1");
        deploy(spec("a", 10, 400));
        deploy(spec("b", 20, 800));
        deploy(spec("c", 10, 300));
        deploy(spec("d", 10, 400));
        deploy(spec("shop", 900, 400).preempt(true));
        requirePushedOut("d");
        assertThat(running("shop")).hasSize(1);

        deploy(spec("shop2", 900, 700).preempt(true));
        requirePushedOut("d", "a", "c");
    }

    @Test
    @DisplayName("of several nodes the one on which the least is lost")
    void whichNode() {
        join("n1", "n2", "n3");
        deploy(spec("a", 30, 1_200));
        deploy(spec("b", 20, 1_200));
        deploy(spec("c", 20, 700).replicas(2));
        String lost = Objects.requireNonNull(only("b").node());
        deploy(spec("shop", 900, 1_300).preempt(true));
        requirePushedOut("b");
        assertThat(only("shop").node()).isEqualTo(lost);
    }

    @Test
    @DisplayName("who holds a host port goes for it, and nobody else")
    void hostPorts() {
        join("n1");
        PortSpec port = new PortSpec(null, 8080, 80, Protocol.TCP);
        deploy(spec("a", 10, 100));
        deploy(spec("b", 40, 100).port(port));
        deploy(spec("shop", 900, 100).port(port).preempt(true));
        requirePushedOut("b");
        assertThat(running("shop")).hasSize(1);
    }

    @Test
    @DisplayName(
            "who shares a relayed port is pushed out for it by another deployment, all of them, and by none of its own")
    void relayedPorts() {
        join("n1");
        PortSpec port = new PortSpec(null, 8080, 80, Protocol.TCP, true, false);
        deploy(spec("a", 10, 100).port(port).replicas(2));
        assertThat(running("a")).hasSize(2);
        deploy(spec("shop", 900, 100).port(port).preempt(true).replicas(3));
        assertThat(running("shop")).hasSize(3);
        assertThat(running("a")).isEmpty();
    }

    @Test
    @DisplayName("while the victims stop one by one, what gets free is nobody else's, and nobody goes for it twice")
    void oneByOne() {
        join("n1");
        deploy(spec("a", 10, 900));
        deploy(spec("b", 10, 900));
        cluster.slow.addAll(cluster.state().instances().keySet());
        deploy(spec("shop", 900, 1_800).preempt(true));
        requirePushedOut("a", "b");
        assertThat(only("shop").reason())
                .contains("waits until a-0")
                .contains("b-0")
                .endsWith("have stopped on n1");

        String a = cluster.instances("a").stream()
                .filter(it -> it.node() != null)
                .findFirst()
                .orElseThrow()
                .id();
        cluster.slow.remove(a);
        cluster.put(List.of());
        cluster.settle();
        deploy(spec("new", 900, 100));
        assertThat(whole("new")).endsWith("n1 is being cleared for shop, which goes first");
        assertThat(running("a")).isEmpty();

        cluster.slow.clear();
        cluster.put(List.of());
        assertThat(running("shop")).hasSize(1);
        assertThat(running("new")).as("what is over is given again").hasSize(1);
        requirePushedOut("a", "b");
    }

    @Test
    @DisplayName("where its node goes down, or others make room first, it looks elsewhere")
    void elsewhere() {
        join("n1", "n2");
        deploy(spec("a", 10, 1_000).replicas(2));
        cluster.slow.addAll(cluster.state().instances().keySet());
        deploy(spec("shop", 900, 1_000).preempt(true));
        requirePushedOut("a");
        String victim = pushed.keySet().iterator().next();
        String first = Objects.requireNonNull(cluster.state().instance(victim)).node();
        cluster.judge(Objects.requireNonNull(first), NodeState.DOWN);
        requirePushedOut("a", "a");
        cluster.slow.clear();
        cluster.put(List.of());
        assertThat(running("shop")).hasSize(1);
        cluster.judge(first, NodeState.READY);
        cluster.settle();
        assertThat(running("a")).hasSize(1);
    }

    @Test
    @DisplayName(
            "an update pushes nobody out as long as what it replaces runs, neither to start first nor to stop first")
    void updates() {
        join("n1");
        deploy(spec("low", 10, 900));
        deploy(spec("shop", 900, 900).preempt(true));
        for (UpdateOrder order : UpdateOrder.values()) {
            deploy(spec("shop", 900, 901 + order.ordinal())
                    .preempt(true)
                    .update(DeploymentSpec.builder("x", "x").build().update().withOrder(order)));
            cluster.settle();
        }
        requirePushedOut();
    }

    @Test
    @DisplayName("a job's attempt that is pushed out is no failure, and begins anew elsewhere")
    void jobs() {
        join("n1");
        deploy(spec("low", 10, 1_000).job(new JobSpec(1, 1, 0, Duration.ofMinutes(9))));
        deploy(spec("shop", 900, 1_000).preempt(true));
        requirePushedOut("low");
        assertThat(whole("low")).startsWith("pushed out by shop");
        assertThat(Objects.requireNonNull(cluster.deployment("low").run()).failures())
                .isZero();
        join("n2");
        assertThat(running("low")).hasSize(1);
    }

    /** A run of revision 1, whose node goes down while the deployment has revision 2. */
    private void runOfOlderRevision(DeploymentSpecBuilder first, DeploymentSpecBuilder second, String... others) {
        CronSpec cron = CronSpec.of("0 * * * *").withOverlap(CronSpec.Overlap.ALLOW);
        JobSpec job = new JobSpec(1, 1, 0, Duration.ofDays(1));
        join("n1");
        deploy(first.cron(cron).job(job));
        cluster.goTo(cluster.now().plus(Duration.ofMinutes(61)));
        assertThat(running("report")).hasSize(1);
        deploy(second.cron(cron).job(job));
        join(others);
    }

    @Test
    @DisplayName("a run of an older revision pushes out none of its own deployment, and nobody below its old priority")
    void olderRevision() {
        runOfOlderRevision(
                spec("report", 50, 1_000).preempt(true),
                spec("report", 0, 1_100).preempt(true),
                "n2",
                "n3");
        deploy(spec("low", 10, 1_000));
        cluster.goTo(cluster.now().plus(Duration.ofMinutes(60)));
        assertThat(running("report")).hasSize(2);

        cluster.judge("n1", NodeState.DOWN);
        assertThat(cluster.instances("report"))
                .filteredOn(it -> it.state() == InstanceState.PENDING)
                .as("the older run, anew")
                .hasSize(1);
        requirePushedOut();
    }

    @Test
    @DisplayName("a run of an older revision pushes out whom the present one may")
    void olderRevisionRaised() {
        runOfOlderRevision(spec("report", 0, 1_000), spec("report", 50, 1_100).preempt(true), "n2");
        deploy(spec("low", 10, 1_000));
        assertThat(running("low")).hasSize(1);
        cluster.judge("n1", NodeState.DOWN);
        requirePushedOut("low");
        assertThat(running("report")).hasSize(1);
    }

    @Test
    @DisplayName("a drain of a full fleet has the lower ones go, and a node that is drained is not cleared")
    void drains() {
        join("n1", "n2");
        deploy(spec("low", 10, 1_500));
        deploy(spec("shop", 900, 1_500).preempt(true));
        String drained = Objects.requireNonNull(only("shop").node());
        cluster.run(new Command.SetAvailability(drained, NodeWish.Availability.DRAINED, null));
        cluster.settle();
        requirePushedOut();
        assertThat(running("shop"))
                .as("what runs is not stopped before its successor has a place")
                .hasSize(1);

        cluster.judge(drained, NodeState.DOWN);
        cluster.settle();
        requirePushedOut("low");
        assertThat(running("shop"))
                .extracting(Instance::node)
                .doesNotContain(drained)
                .hasSize(1);
    }

    @Test
    @DisplayName("who may push out hears of it when another's priority is lowered")
    void lowered() {
        join("n1");
        deploy(spec("other", 900, 1_000));
        deploy(spec("shop", 900, 1_000).preempt(true));
        requirePushedOut();
        deploy(spec("other", 800, 1_000));
        requirePushedOut("other");
        assertThat(running("shop")).hasSize(1);
    }

    @Test
    @DisplayName("the plan of a dry run says who would be pushed out, by whom, and whereto")
    void dryRun() {
        join("n1", "n2");
        deploy(spec("low", 10, 1_000));
        deploy(spec("mid", 500, 1_000));
        Command.Deploy command =
                new Command.Deploy(spec("shop", 900, 1_000).preempt(true).build(), null);
        Plan plan = Rehearsal.of(cluster.state(), command, Caller.PROGRAM, cluster.now());
        assertThat(plan.steps()).hasSize(2);
        Plan.Step victim = plan.steps().get(0);
        assertThat(victim.deployment()).isEqualTo("low");
        assertThat(victim.action()).isEqualTo(Plan.Action.REPLACE);
        assertThat(victim.to()).isNull();
        assertThat(victim.reason()).startsWith("pushed out by shop (priority 900)");
        assertThat(plan.steps().get(1).to()).isEqualTo(victim.from());
        requirePushedOut();
    }

    @Test
    @DisplayName("planning twice changes nothing, also while others stop for it")
    void twice() {
        join("n1");
        deploy(spec("low", 10, 1_000));
        cluster.slow.addAll(cluster.state().instances().keySet());
        deploy(spec("shop", 900, 1_000).preempt(true));
        requirePushedOut("low");
        for (String name : List.of("low", "shop")) {
            assertThat(ControlLoop.decide(
                                    new Question(
                                            cluster.state(),
                                            cluster.state(),
                                            List.of(),
                                            Set.of(name),
                                            1_000,
                                            cluster.now()),
                                    Fixtures.ids())
                            .changes())
                    .isEmpty();
        }
    }
}
