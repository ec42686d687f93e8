package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.InstanceState;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.PullProgress;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.InstanceStatus;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A slow registry and a busy engine are no broken engine. */
class AgentPullsTest {
    private final AgentRig rig = new AgentRig(1);
    private final AtomicReference<EngineFault> ofPulls = new AtomicReference<>(EngineFault.NONE);

    @BeforeEach
    void join() {
        rig.runtimeDeadline = Duration.ofMinutes(10);
        rig.engine.script().faults(call -> call == EngineCall.PULL ? ofPulls.get() : EngineFault.NONE);
        rig.joinedAgent();
    }

    private void pullsTake(Duration time) {
        ofPulls.set(new EngineFault(EngineFault.Kind.NONE, time));
    }

    @Test
    @DisplayName("an engine that has to prove itself after a failure is not kept from it by pulls under way")
    void pullsAreNoActions() {
        pullsTake(Duration.ofMinutes(9));
        rig.server.run("slow", spec());
        rig.untilState("slow", InstanceState.PREPARING);
        pullsTake(Duration.ofSeconds(1));
        rig.server.run("a", spec());
        rig.untilState("a", InstanceState.PREPARING);
        rig.engine.kill();
        rig.untilReason("a", "does not run");
        rig.engine.start();
        Instant back = rig.queue.now();
        rig.untilState("a", InstanceState.RUNNING);
        rig.until(() -> rig.server.lastHeartbeat().condition().isEmpty());
        assertThat(Duration.between(back, rig.queue.now())).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    @DisplayName("what waited too long behind others is tried again, and the engine is not called broken for it")
    void busy() {
        ofPulls.set(new EngineFault(EngineFault.Kind.BUSY, Duration.ZERO));
        rig.server.run("a", spec());
        rig.untilReason("a", "PULL waited too long behind others");
        rig.queue.runFor(Duration.ofMinutes(1));
        assertThat(rig.server.heartbeats()).extracting(Heartbeat::condition).containsOnly("");
        assertThat(Objects.requireNonNull(rig.server.newest("a")).failing()).isFalse();
        ofPulls.set(EngineFault.NONE);
        Instant free = rig.queue.now();
        rig.untilState("a", InstanceState.RUNNING);
        assertThat(Duration.between(free, rig.queue.now())).isLessThan(Duration.ofSeconds(2));
        rig.settle();
        assertThat(Objects.requireNonNull(rig.server.newest("a")).reason()).isEmpty();
    }

    @Test
    @DisplayName("an image that somebody removes between the look for it and the creation is fetched again")
    void removedMeanwhile() {
        AtomicInteger creations = new AtomicInteger();
        rig.engine.script().faults(call -> {
            if (call == EngineCall.CREATE && creations.incrementAndGet() == 1) {
                rig.engine.removeImage(spec().image());
            }
            return EngineFault.NONE;
        });
        rig.server.run("a", spec());
        rig.untilState("a", InstanceState.RUNNING);
        assertThat(creations).hasValue(2);
        rig.settle();
        assertThat(Objects.requireNonNull(rig.server.newest("a")).reason()).isEmpty();
    }

    @Test
    @DisplayName("one that can't be had again is told of as such, after one more try")
    void removedForGood() {
        rig.engine.script().faults(call -> {
            if (call == EngineCall.CREATE) {
                rig.engine.removeImage(spec().image());
                rig.engine.setRegistryUp(false);
            }
            return EngineFault.NONE;
        });
        rig.server.run("a", spec());
        rig.untilState("a", InstanceState.REJECTED);
        assertThat(Objects.requireNonNull(rig.server.newest("a")).reason()).contains("not on this node");
    }

    @Test
    @DisplayName(
            "what goes wrong during a pull is the instance's reason at once, and forgotten when the image is there")
    void remarks() {
        pullsTake(Duration.ofMinutes(2));
        rig.engine.script().pullRemark("a layer broke off");
        rig.server.run("a", spec(it -> it.pull(PullPolicy.ALWAYS)));
        Instant begun = rig.queue.now();
        rig.untilReason("a", "a layer broke off");
        assertThat(Duration.between(begun, rig.queue.now())).isLessThan(Duration.ofSeconds(5));
        assertThat(Objects.requireNonNull(rig.server.newest("a")).state()).isEqualTo(InstanceState.PREPARING);
        rig.untilState("a", InstanceState.RUNNING);
        rig.settle();
        assertThat(Objects.requireNonNull(rig.server.newest("a")).reason()).isEmpty();
    }

    @Test
    @DisplayName("how far a pull has come is told every other second at most, without another word, until it has ended")
    void progress() {
        pullsTake(Duration.ofMinutes(1));
        PullProgress half = new PullProgress(20, 40);
        rig.engine.script().pullProgress(half);
        rig.server.run("a", spec(it -> it.pull(PullPolicy.ALWAYS)));
        rig.until(() -> rig.server.newest("a") != null && half.equals(said("a").pull()));
        assertThat(said("a").state()).isEqualTo(InstanceState.PREPARING);
        assertThat(said("a").reason()).isEmpty();
        rig.untilState("a", InstanceState.RUNNING);
        assertThat(said("a").pull()).isNull();
    }

    private InstanceStatus said(String instance) {
        return Objects.requireNonNull(rig.server.newest(instance));
    }
}
