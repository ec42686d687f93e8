package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.InstanceState;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.runtime.FakeRuntime;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What waits for a volume says so, and can be given up. */
class AgentHeldVolumesTest {
    private final AgentRig rig = new AgentRig(1);

    /** All of a restore had come, and the engine lets nothing of it go. */
    private void holdForEver(String deployment) {
        SlotVolumes slot = new SlotVolumes("here", "n1", deployment, "0");
        FakeRuntime byHand = new FakeRuntime(rig.engine, new SimulatedLoop(rig.queue));
        for (String volume : new String[] {"-coming.data", "-came.data"}) {
            byHand.makeVolume(
                    slot.named(volume),
                    Map.of(KnitLabels.CLUSTER, "here", KnitLabels.NODE, "n1", KnitLabels.WORK, deployment + "/0/data"));
        }
        rig.settle();
        rig.engine
                .script()
                .faults(call -> call == EngineCall.REMOVE
                        ? new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO)
                        : EngineFault.NONE);
    }

    @Test
    @DisplayName(
            "an instance whose volume is being restored says that it waits; one that is not to run any more does not")
    void givenUp() {
        holdForEver("web");
        rig.joinedAgent();
        rig.server.run("a", spec(it -> it.volume(VolumeSpec.named("data", "/data"))));
        rig.untilReason("a", "waits until what is under way with its volumes or ports is over");
        assertThat(Objects.requireNonNull(rig.server.newest("a")).state()).isEqualTo(InstanceState.PREPARING);
        rig.server.stop("a");
        rig.untilState("a", InstanceState.STOPPED);
        assertThat(rig.engine.containers()).isEmpty();
        assertThat(rig.renderedFiles()).isEmpty();
    }

    @Test
    @DisplayName("so does one that shares a volume which is being restored")
    void shared() {
        holdForEver("app");
        rig.joinedAgent();
        rig.server.run("a", spec(it -> it.volume(VolumeSpec.shared("app", "data", "/data"))));
        rig.untilReason("a", "waits until what is under way with its volumes or ports is over");
        assertThat(rig.engine.containers()).isEmpty();
    }

    @Test
    @DisplayName("a volume that an instance shares is that of the deployment whose it is, and its container says so")
    void sharedIsTheOthers() {
        rig.joinedAgent();
        rig.server.run("a", spec(it -> it.volume(VolumeSpec.shared("app", "data", "/data"))));
        rig.untilState("a", InstanceState.RUNNING);
        SlotVolumes app = new SlotVolumes("here", "n1", "app", "0");
        assertThat(rig.engine.volumes()).containsExactly(new VolumeSnapshot(app.named("data"), app.labels("data")));
        assertThat(rig.engine.containers())
                .singleElement()
                .satisfies(it -> assertThat(it.labels()).containsEntry(KnitLabels.SHARES, "app"));
    }
}
