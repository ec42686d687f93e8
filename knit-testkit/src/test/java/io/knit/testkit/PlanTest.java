package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Plan;
import io.knit.api.command.Plan.Action;
import io.knit.api.command.Plan.FieldChange;
import io.knit.api.command.Plan.Step;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.CronSpec;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.NodeWish;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.StopSpec;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is foretold of a command is what it then does, and telling it does nothing. */
class PlanTest {
    private final SmallFleet fleet = new SmallFleet();

    @BeforeEach
    void threeNodes() {
        fleet.agent("n1", "eu");
        fleet.agent("n2", "eu");
        fleet.agent("n3", "us");
    }

    @Test
    @DisplayName("a new deployment: each slot gets the node that it then has")
    void anew() {
        Command<?> command = new Command.Deploy(web().replicas(5).build());
        Plan plan = plan(command);
        assertThat(plan.changes()).isTrue();
        assertThat(plan.whole()).isTrue();
        assertThat(plan.steps()).extracting(Step::action).hasSize(5).containsOnly(Action.CREATE);
        happens(plan, command);
    }

    @Test
    @DisplayName("one for each node: each is told with its node, and so is the node that leaves")
    void global() {
        Command<?> command = new Command.Deploy(
                DeploymentSpec.builder("web", "web:1").mode(Mode.GLOBAL).build());
        Plan plan = plan(command);
        assertThat(plan.steps())
                .extracting(Step::key, Step::action, Step::to)
                .containsExactly(
                        tuple("n1", Action.CREATE, "n1"),
                        tuple("n2", Action.CREATE, "n2"),
                        tuple("n3", Action.CREATE, "n3"));
        happens(plan, command);
        Plan fewer = plan(new Command.Deploy(DeploymentSpec.builder("web", "web:1")
                .mode(Mode.GLOBAL)
                .nodeSelector("region", "eu")
                .build()));
        assertThat(fewer.steps())
                .extracting(Step::key, Step::action)
                .containsExactly(tuple("n1", Action.KEEP), tuple("n2", Action.KEEP), tuple("n3", Action.STOP));
    }

    @Test
    @DisplayName(
            "what runs by the clock: nothing happens but at the next times, and a rehearsal does not wait for them")
    void byTheClock() {
        DeploymentSpec spec = DeploymentSpec.builder("report", "web:1")
                .cron(CronSpec.of("0 4 * * *"))
                .build();
        Command<?> command = new Command.Deploy(spec);
        Plan plan = plan(command);
        assertThat(plan.whole()).isTrue();
        assertThat(plan.steps()).isEmpty();
        assertThat(plan.nextRuns())
                .hasSize(5)
                .isSorted()
                .allMatch(it -> it.toString().endsWith("T04:00:00Z"));
        fleet.deploy(spec);
        assertThat(plan(new Command.Pause("report", null)).nextRuns()).isEmpty();
        Plan other = plan(new Command.Deploy(web().replicas(2).build()));
        assertThat(other.whole()).isTrue();
        assertThat(other.nextRuns()).isEmpty();
    }

    @Test
    @DisplayName("what runs by the clock begins no run because a rehearsal waited for a deadline")
    void byTheClockUntilADeadline() {
        fleet.deploy(DeploymentSpec.builder("report", "web:1")
                .cron(CronSpec.of("*/10 * * * *"))
                .build());
        fleet.run(20);
        Plan plan = plan(new Command.SetAvailability("n3", NodeWish.Availability.DRAINED, Duration.ofHours(1)));
        assertThat(plan.whole()).isTrue();
        assertThat(plan.steps()).isEmpty();
    }

    @Test
    @DisplayName("a job with a timeout: its attempts run, however long anything else takes")
    void jobs() {
        DeploymentSpec sum = job(1);
        Plan plan = plan(new Command.Deploy(sum));
        assertThat(plan.whole()).isTrue();
        assertThat(plan.steps()).singleElement().satisfies(step -> {
            assertThat(step.action()).isEqualTo(Action.CREATE);
            assertThat(step.to()).isNotNull();
        });
        fleet.deploy(sum);
        fleet.run(20);
        Instance attempt = fleet.instances("sum").get(0);
        String node = String.valueOf(attempt.node());
        Plan more = plan(new Command.Deploy(job(2)));
        assertThat(more.diff())
                .extracting(FieldChange::pointer)
                .containsExactly("/job/completions", "/job/parallelism");
        assertThat(more.steps())
                .extracting(Step::slot, Step::action)
                .containsExactly(tuple(0, Action.REPLACE), tuple(1, Action.CREATE));

        Plan patient = plan(new Command.SetAvailability(node, NodeWish.Availability.DRAINED));
        assertThat(patient.whole()).isTrue();
        assertThat(patient.steps()).extracting(Step::action).doesNotContain(Action.STOP);
        Plan drained = plan(new Command.SetAvailability(node, NodeWish.Availability.DRAINED, Duration.ofHours(1)));
        assertThat(drained.whole()).isTrue();
        assertThat(drained.steps())
                .extracting(Step::deployment, Step::action, Step::from)
                .containsExactly(tuple("sum", Action.REPLACE, node));
    }

    private static DeploymentSpec job(int completions) {
        return DeploymentSpec.builder("sum", "sum:1")
                .job(new JobSpec(completions, completions, 3, Duration.ofMinutes(10)))
                .build();
    }

    @Test
    @DisplayName("another image: every slot is replaced, each on the node where it then is")
    void update() {
        fleet.deploy(web().replicas(3).build());
        fleet.run(20);
        Command<?> command = new Command.Deploy(web("web:2").replicas(4).build());
        Plan plan = plan(command);
        assertThat(plan.steps())
                .extracting(Step::slot, Step::action)
                .containsExactly(
                        tuple(0, Action.REPLACE),
                        tuple(1, Action.REPLACE),
                        tuple(2, Action.REPLACE),
                        tuple(3, Action.CREATE));
        assertThat(plan.diff())
                .containsExactly(
                        new FieldChange("/image", "\"web:1\"", "\"web:2\""), new FieldChange("/replicas", "3", "4"));
        assertThat(plan.steps().get(0).instance())
                .isEqualTo(fleet.instances("web").get(0).id());
        assertThat(plan.steps().get(0).from())
                .isEqualTo(fleet.instances("web").get(0).node());
        happens(plan, command);
    }

    @Test
    @DisplayName("a drain: what fits elsewhere goes there, and what does not is stopped only where there is a deadline")
    void drain() {
        fleet.deploy(web().nodeSelector("region", "us").build());
        fleet.run(20);
        Plan patient = plan(new Command.SetAvailability("n3", NodeWish.Availability.DRAINED));
        assertThat(patient.whole()).isTrue();
        assertThat(patient.steps()).extracting(Step::action).doesNotContain(Action.STOP);
        Plan plan = plan(new Command.SetAvailability("n3", NodeWish.Availability.DRAINED, Duration.ofMinutes(1)));
        assertThat(plan.whole()).isTrue();
        assertThat(plan.steps()).singleElement().satisfies(step -> {
            assertThat(step.from()).isEqualTo("n3");
            assertThat(step.to()).isNull();
            assertThat(step.reason()).contains("n3 takes no work now");
        });
    }

    @Test
    @DisplayName(
            "what starts before the old one stops has no downtime; what stops first has its grace and what the last start took")
    void downtime() {
        fleet.deploy(web().replicas(3).build());
        fleet.run(20);
        Plan gentle = plan(new Command.Restart("web", false, null));
        assertThat(gentle.steps()).extracting(Step::downtime).hasSize(3).containsOnly(Plan.Downtime.NONE);
        assertThat(gentle.services()).containsExactly(new Plan.Service("web", 3, 3, Plan.Downtime.NONE));

        Update stopFirst = Update.DEFAULT.withOrder(UpdateOrder.STOP_FIRST);
        StopSpec stop = new StopSpec("", Duration.ofSeconds(7), List.of());
        fleet.server.deploy(web().replicas(3).update(stopFirst).stop(stop).build());
        fleet.run(20);
        Plan rough = plan(new Command.Restart("web", false, null));
        Duration started = fleet.instances("web").stream()
                .max(Comparator.comparing(Instance::healthySince).thenComparing(Instance::id))
                .map(it -> Duration.between(it.decided().begun(), it.healthySince()))
                .orElseThrow();
        assertThat(rough.steps())
                .extracting(step -> step.downtime().time())
                .hasSize(3)
                .containsOnly(started.plusSeconds(7));
        assertThat(rough.steps().get(0).downtime().words())
                .startsWith("stopping takes at most its grace of 7s; then it starts in about ");
        assertThat(rough.services()).containsExactly(new Plan.Service("web", 3, 2, Plan.Downtime.NONE));

        Plan alone = plan(new Command.Deploy(
                web("web:2").replicas(1).update(stopFirst).stop(stop).build()));
        assertThat(alone.services()).singleElement().satisfies(service -> {
            assertThat(service.healthy()).isEqualTo(3);
            assertThat(service.worst()).isZero();
            assertThat(service.downtime().time()).isEqualTo(started.plusSeconds(7));
        });
    }

    @Test
    @DisplayName("a fixed port means downtime, and where nothing fits any more nobody can say how much")
    void downtimeOfAPort() {
        fleet.deploy(taken("web"));
        fleet.run(20);
        Plan plan = plan(new Command.Restart("web", false, null));
        assertThat(plan.steps().get(0).downtime().time()).isGreaterThanOrEqualTo(Duration.ofSeconds(10));
        assertThat(plan.services().get(0).worst()).isZero();
        assertThat(plan(new Command.Undeploy("web")).services()).isEmpty();
        assertThat(plan(new Command.Scale("web", 0, null)).services()).isEmpty();

        Plan drained = plan(new Command.SetAvailability("n3", NodeWish.Availability.DRAINED, Duration.ofMinutes(1)));
        assertThat(drained.steps().get(0).downtime()).isEqualTo(new Plan.Downtime(null, "until a node fits"));
        assertThat(drained.services().get(0).downtime().time()).isNull();
    }

    @Test
    @DisplayName("why a node was chosen is told")
    void chosen() {
        Plan plan = plan(new Command.Deploy(web().replicas(3).build()));
        assertThat(plan.steps())
                .extracting(Step::reason)
                .containsOnly(
                        "of 3 nodes that fit none is better: it has 0 of web beside this one, and 0 of all",
                        "of 3 nodes that fit it has 0 of web, and n3 1");
        assertThat(plan(new Command.Deploy(web().nodeSelector("region", "us").build()))
                        .steps()
                        .get(0)
                        .reason())
                .startsWith("the only node that fits; n");
    }

    @Test
    @DisplayName("fewer of them: the lower slots are kept, the highest stopped; and the same again changes nothing")
    void fewer() {
        fleet.deploy(web().replicas(3).build());
        fleet.run(20);
        Plan same = plan(new Command.Deploy(web().replicas(3).build()));
        assertThat(same.changes()).isFalse();
        assertThat(same.steps()).extracting(Step::action).hasSize(3).containsOnly(Action.KEEP);

        Command<?> command = new Command.Deploy(web().replicas(1).build());
        Plan plan = plan(command);
        assertThat(plan.steps()).extracting(Step::action).containsExactly(Action.KEEP, Action.STOP, Action.STOP);
        happens(plan, command);
    }

    @Test
    @DisplayName("what fits nowhere waits, and the plan says why")
    void nowhere() {
        Command<?> command =
                new Command.Deploy(web().nodeSelector("region", "mars").build());
        Step only = plan(command).steps().get(0);
        assertThat(only.action()).isEqualTo(Action.CREATE);
        assertThat(only.to()).isNull();
        assertThat(only.reason()).contains("region=mars");

        fleet.deploy(web().build());
        fleet.run(10);
        Step update = plan(command).steps().get(0);
        assertThat(update.action()).isEqualTo(Action.REPLACE);
        assertThat(update.to()).isNull();
        assertThat(update.reason()).contains("region=mars", "runs on");
    }

    @Test
    @DisplayName("what becomes possible for others is foretold too")
    void others() {
        fleet.deploy(taken("first"));
        fleet.run(10);
        fleet.deploy(taken("second"));
        fleet.deploy(DeploymentSpec.builder("third", "web:1")
                .nodeSelector("region", "mars")
                .build());
        Plan plan = plan(new Command.Undeploy("first"));
        assertThat(plan.steps())
                .extracting(Step::deployment, Step::action, Step::from, Step::to)
                .containsExactly(tuple("first", Action.STOP, "n3", null), tuple("second", Action.CREATE, null, "n3"));
        fleet.server.undeploy("first");
        fleet.run(20);
        assertThat(fleet.instances("second").get(0).node()).isEqualTo("n3");
    }

    @Test
    @DisplayName("a node that is to be forgotten, and a command that is refused as when it is run")
    void refusals() {
        fleet.deploy(web().build());
        fleet.run(10);
        assertThat(refusal(new Command.ForgetNode("n1"))).isEqualTo(ErrorCode.IN_USE);
        assertThat(refusal(new Command.Undeploy("none"))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refusal(new Command.Deploy(web("not an image").build()))).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refusal(new Command.Deploy(web("web:2").build(), 7))).isEqualTo(ErrorCode.REVISION_CHANGED);
        Future<Plan> mine =
                fleet.server.plan(new Command.Undeploy("web"), new Caller("eve", Caller.Role.VIEWER, "10.0.0.9"));
        fleet.run(1);
        assertThat(Futures.failure(mine).code()).isEqualTo(ErrorCode.FORBIDDEN);
    }

    /** What was foretold is done, and is then so. */
    private void happens(Plan plan, Command<?> command) {
        assertThat(plan(command)).as("working it out changes nothing").isEqualTo(plan);
        fleet.server.run(command, Caller.PROGRAM);
        fleet.run(120);
        Map<Integer, String> foretold = plan.steps().stream()
                .filter(step -> step.to() != null)
                .collect(Collectors.toMap(Step::slot, step -> String.valueOf(step.to())));
        assertThat(fleet.instances("web"))
                .allMatch(it -> it.state() == InstanceState.RUNNING)
                .extracting(Instance::slot)
                .doesNotHaveDuplicates();
        assertThat(fleet.instances("web").stream()
                        .collect(Collectors.toMap(Instance::slot, it -> String.valueOf(it.node()))))
                .isEqualTo(foretold);
    }

    private Plan plan(Command<?> command) {
        long events = fleet.server.lastEvent();
        var before = fleet.server.snapshot();
        Future<Plan> plan = fleet.server.plan(command, Caller.PROGRAM);
        fleet.run(1);
        assertThat(fleet.server.lastEvent()).isEqualTo(events);
        assertThat(fleet.server.snapshot().deployments()).isEqualTo(before.deployments());
        return Futures.await(plan);
    }

    private ErrorCode refusal(Command<?> command) {
        Future<Plan> refused = fleet.server.plan(command, Caller.PROGRAM);
        fleet.run(1);
        KnitException why = Futures.failure(refused);
        return why.code();
    }

    private static DeploymentSpecBuilder web() {
        return web("web:1");
    }

    private static DeploymentSpecBuilder web(String image) {
        return DeploymentSpec.builder("web", image);
    }

    private static DeploymentSpec taken(String name) {
        return DeploymentSpec.builder(name, "web:1")
                .nodeSelector("region", "us")
                .port(new PortSpec("127.0.0.1", 8080, 80, Protocol.TCP))
                .build();
    }
}
