package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DisconnectSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Order;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.SidecarSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.ImageDisk;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.SpecHash;
import io.knit.core.wire.Subjects;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Containers of instances that failed and are over. */
class KeptFailedTest {
    private static final Duration DAY = Duration.ofHours(24);

    private final AgentRig rig = new AgentRig(1);

    private static DeploymentSpec keeping(int most) {
        return spec(it -> it.keepFailed(most));
    }

    private static DeploymentSpec once(int most) {
        return spec(it -> it.keepFailed(most)
                .restart(
                        new RestartSpec(RestartSpec.Condition.NEVER, Duration.ofSeconds(1), 0, Duration.ofMinutes(1))));
    }

    private void tell() {
        rig.server.tell("n1", Subjects.deployTo("n1"));
    }

    private void run(String instance, DeploymentSpec spec) {
        rig.server.run(instance, spec);
        tell();
        rig.untilState(instance, InstanceState.RUNNING);
    }

    private void stop(String instance) {
        rig.server.stop(instance);
        tell();
        rig.untilState(instance, InstanceState.STOPPED);
        rig.server.drop(instance);
        tell();
        rig.queue.runFor(Duration.ofSeconds(30));
    }

    /** Runs, ends with this code, and is over. */
    private void ends(String instance, DeploymentSpec spec, int code) {
        run(instance, spec);
        rig.engine.end(container(instance).id(), code);
        rig.queue.runFor(Duration.ofMillis(400));
        stop(instance);
    }

    private ContainerSnapshot container(String instance) {
        return rig.engine.containers().stream()
                .filter(it -> instance.equals(it.labels().get(KnitLabels.INSTANCE)))
                .findFirst()
                .orElseThrow();
    }

    private List<String> there() {
        return rig.engine.containers().stream()
                .map(it -> it.labels().getOrDefault(KnitLabels.INSTANCE, "") + " " + it.state())
                .sorted()
                .toList();
    }

    @Test
    @DisplayName("go with their instances unless the spec says otherwise")
    void byDefault() {
        rig.joinedAgent();
        ends("a", once(0), 3);
        assertThat(there()).isEmpty();
    }

    @Test
    @DisplayName("stay as they are while others do the work, the newest of the slot, and are never taken for them")
    void newest() {
        rig.joinedAgent();
        ends("a", once(2), 3);
        ends("b", keeping(2), 1);
        ends("c", keeping(2), 139);
        run("d", keeping(2));
        rig.queue.runFor(Duration.ofHours(1));
        assertThat(there()).containsExactly("b EXITED", "c EXITED", "d RUNNING");
        assertThat(rig.engine.history().starts(labels -> "c".equals(labels.get(KnitLabels.INSTANCE))))
                .as("started once, or twice where it was waited out before")
                .isLessThanOrEqualTo(2);
        assertThat(Objects.requireNonNull(rig.server.newest("d")).state()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    @DisplayName("do not stay where they ended well, or were stopped, whatever they ended with")
    void notFailed() {
        rig.joinedAgent();
        ends("a", once(1), 0);
        run("b", keeping(1));
        stop("b");
        assertThat(there()).isEmpty();
    }

    @Test
    @DisplayName("do not stay where they were stopped because no server was heard")
    void silenced() {
        rig.joinedAgent();
        run(
                "a",
                spec(it -> it.keepFailed(1)
                        .disconnect(new DisconnectSpec(
                                null, Duration.ofMinutes(1), DisconnectSpec.Reconcile.NEWEST_HEALTHY))));
        rig.bus.cut(AgentRig.NODE);
        rig.until(() -> rig.states().equals(List.of(ContainerState.EXITED)));
        rig.server.stop("a");
        rig.bus.heal(AgentRig.NODE);
        rig.until(() -> rig.states().isEmpty());
    }

    @Test
    @DisplayName("stay without what ran beside them")
    void alone() {
        rig.joinedAgent();
        DeploymentSpec spec = spec(it -> it.keepFailed(1)
                .restart(new RestartSpec(RestartSpec.Condition.NEVER, Duration.ofSeconds(1), 0, Duration.ofMinutes(1)))
                .sidecar(SidecarSpec.of("log", "ship:1", "sleep")));
        ends("a", spec, 3);
        assertThat(there()).containsExactly("a EXITED");
        assertThat(container("a").labels()).doesNotContainKey(KnitLabels.PART);
    }

    @Test
    @DisplayName("are found again by an agent that was started anew, for a day in all that it knows of")
    void found() {
        rig.joinedAgent();
        ends("a", once(1), 3);
        rig.killAgent();
        rig.startAgent().start();
        rig.queue.runFor(DAY.minusMinutes(5));
        assertThat(there()).containsExactly("a EXITED");
        rig.queue.runFor(Duration.ofMinutes(10));
        assertThat(there()).isEmpty();
    }

    @Test
    @DisplayName("go when the newest spec says so, and nothing else is touched for it")
    void changed() {
        rig.joinedAgent();
        ends("a", once(1), 3);
        run("b", keeping(1));
        assertThat(there()).containsExactly("a EXITED", "b RUNNING");
        // another slot's, by a newer revision
        rig.server.order(new Assignment("c", "web", 2, 1, Order.RUN, keeping(0), SpecHash.of(keeping(0)), List.of()));
        tell();
        rig.queue.runFor(Duration.ofMinutes(1));
        assertThat(there()).containsExactly("b RUNNING", "c RUNNING");
        assertThat(rig.engine.history().starts(labels -> "b".equals(labels.get(KnitLabels.INSTANCE))))
                .isEqualTo(1);
    }

    @Test
    @DisplayName("go with their deployment")
    void deleted() {
        rig.joinedAgent();
        ends("a", once(1), 3);
        assertThat(there()).containsExactly("a EXITED");
        assertThat(rig.server.lastHeartbeat().leftovers()).containsExactly("web");
        rig.server.gone = List.of("web");
        rig.until(() -> there().isEmpty());
        rig.until(() -> rig.server.lastHeartbeat().leftovers() == null);
    }

    @Test
    @DisplayName("go when the disk is full")
    void full() {
        rig.engine.imagesOn(() -> new ImageDisk(1_000, 400));
        rig.joinedAgent();
        ends("a", once(1), 3);
        rig.queue.runFor(Duration.ofHours(1));
        assertThat(there()).containsExactly("a EXITED");
        rig.engine.imagesOn(() -> new ImageDisk(1_000, 100));
        rig.queue.runFor(Duration.ofMinutes(12));
        assertThat(there()).isEmpty();
    }
}
