package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Plan;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Resources;
import io.knit.api.model.Rollout;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.testkit.runtime.FakeEngine;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of an update, and of what has a place on each node, where a node has room for one alone: 3.9 cores. */
class FullNodeTest {
    private final SmallFleet fleet = new SmallFleet();

    private static DeploymentSpecBuilder web(String image, int cpu) {
        return DeploymentSpec.builder("web", image).resources(Resources.DEFAULT.withCpu(cpu));
    }

    private List<Instance> running(String name) {
        return fleet.instances(name).stream()
                .filter(it -> it.state() == InstanceState.RUNNING)
                .toList();
    }

    private <T> T said(Future<T> answer) {
        fleet.run(1);
        return Objects.requireNonNull(answer.result());
    }

    @ParameterizedTest
    @EnumSource(
            value = UpdateOrder.class,
            names = {"AUTO", "STOP_FIRST"})
    @DisplayName(
            "where the old one fills the node, it is stopped and then the new one started, and the plan says for how long")
    void theOldOneMakesRoom(UpdateOrder order) {
        FakeEngine engine = fleet.agent("n1", "eu");
        Update update = Update.DEFAULT.withOrder(order);
        fleet.deploy(web("web:1", 3_000).update(update).build());
        assertThat(running("web")).hasSize(1);
        DeploymentSpec next = web("web:2", 3_000).update(update).build();

        Plan plan = said(fleet.server.plan(new Command.Deploy(next, null), Caller.PROGRAM));
        assertThat(plan.steps()).singleElement().satisfies(step -> {
            assertThat(step.action()).isEqualTo(Plan.Action.REPLACE);
            assertThat(step.from()).isEqualTo("n1");
            assertThat(step.to()).isEqualTo("n1");
            assertThat(step.downtime().isNone()).isFalse();
        });
        fleet.deploy(next);
        fleet.run(60);

        assertThat(running("web"))
                .singleElement()
                .extracting(Instance::revision)
                .isEqualTo(2);
        assertThat(engine.containers()).hasSize(1);
        assertThat(fleet.view("web").deployment().rollout().phase()).isEqualTo(Rollout.Phase.DONE);
    }

    @Test
    @DisplayName("what has a place on each node pushes out there who is lower, and both say so")
    void onEachNode() {
        fleet.agent("n1", "eu");
        fleet.agent("n2", "eu");
        fleet.deploy(DeploymentSpec.builder("low", "web:1")
                .replicas(2)
                .priority(10)
                .resources(Resources.DEFAULT.withCpu(3_000))
                .build());
        assertThat(running("low")).hasSize(2);
        fleet.deploy(
                web("web:2", 3_000).mode(Mode.GLOBAL).priority(90).preempt(true).build());
        fleet.run(30);

        assertThat(running("web")).extracting(Instance::node).containsExactlyInAnyOrder("n1", "n2");
        assertThat(running("low")).isEmpty();
        assertThat(fleet.messages("instance.pushed_out"))
                .hasSize(2)
                .allSatisfy(
                        words -> assertThat(words)
                                .matches(
                                        "low-[01]-\\w+ leaves n[12]: pushed out by web \\(priority 90\\), for which nothing else made room"));
        assertThat(said(fleet.server.explain("low")).words())
                .hasSize(2)
                .allSatisfy(words -> assertThat(words).contains("pushed out by web (priority 90)"));
    }

    @Test
    @DisplayName("without preempt what has a place on each node waits for it, and pushes nobody out")
    void onEachNodeUnasked() {
        fleet.agent("n1", "eu");
        fleet.deploy(DeploymentSpec.builder("low", "web:1")
                .priority(10)
                .resources(Resources.DEFAULT.withCpu(3_000))
                .build());
        fleet.deploy(web("web:2", 3_000).mode(Mode.GLOBAL).priority(90).build());
        assertThat(running("low")).hasSize(1);
        assertThat(fleet.instances("web"))
                .singleElement()
                .satisfies(it -> assertThat(it.reason()).contains("n1 has 0.9 of 3.9 cores free, 3 needed"));
        assertThat(fleet.messages("instance.pushed_out")).isEmpty();
    }

    @Test
    @DisplayName("who may see some deployments is told in a plan of those alone, whoever else would get a node")
    void ofHisOwn() {
        fleet.agent("n1", "eu");
        fleet.deploy(web("web:1", 3_000).build());
        fleet.deploy(DeploymentSpec.builder("db", "web:1")
                .resources(Resources.DEFAULT.withCpu(2_000))
                .build());
        Command.Undeploy undeploy = new Command.Undeploy("web", null, false);

        Plan whole = said(fleet.server.plan(undeploy, Caller.PROGRAM));
        assertThat(whole.steps()).extracting(Plan.Step::deployment).contains("db", "web");
        Caller ci = new Caller("ci", Caller.Role.DEPLOYER, "10.0.0.1", List.of("web*"));
        Plan own = said(fleet.server.plan(undeploy, ci));
        assertThat(own.steps()).extracting(Plan.Step::deployment).containsOnly("web");
        assertThat(own.services()).extracting(Plan.Service::deployment).doesNotContain("db");
        assertThat(own.changes()).isTrue();
    }
}
