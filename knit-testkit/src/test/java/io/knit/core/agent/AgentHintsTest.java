package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.InstanceState;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.core.wire.InstanceStatus;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine tells of its containers, and how soon the agent sees what it meant. */
class AgentHintsTest {
    private final AgentRig rig = new AgentRig(1);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 249, 400, 999, 1_500, 2_000})
    @DisplayName(
            "an end that the engine told of and does not list yet is seen soon all the same, without a second hint")
    void listLags(int lag) {
        rig.server.run("a", spec());
        rig.joinedAgent();
        rig.settle();
        rig.engine.script().listLags(() -> Duration.ofMillis(lag));
        rig.engine.end(rig.onlyContainer(), 3);
        Instant ended = rig.queue.now();
        rig.untilReason("a", "ended with exit code 3");
        assertThat(Duration.between(ended, rig.queue.now())).isLessThan(Duration.ofMillis(2L * lag + 500));
        rig.until(() -> rig.states().equals(List.of(ContainerState.RUNNING)));
        assertThat(Duration.between(ended, rig.queue.now())).isLessThan(Duration.ofMillis(2L * lag + 1_500));
    }

    @Test
    @DisplayName("a hint is followed by a few looks and then by none")
    void hintsAreFollowedForAWhile() {
        rig.server.run("a", spec());
        rig.joinedAgent();
        rig.settle();
        // and what an agent looks for of one before it, two minutes after it joined
        rig.settle();
        AtomicInteger looks = new AtomicInteger();
        rig.engine.script().faults(call -> {
            looks.addAndGet(call == EngineCall.SNAPSHOT ? 1 : 0);
            return EngineFault.NONE;
        });
        rig.queue.runFor(Duration.ofMinutes(1));
        int unasked = looks.getAndSet(0);
        rig.engine.pause(rig.onlyContainer(), false);
        rig.queue.runFor(Duration.ofMinutes(1));
        assertThat(looks.get() - unasked).isBetween(3, 5);
    }

    @Test
    @DisplayName(
            "a paused container is no healthy one: its instance says so, until it runs on, and it is never restarted for it")
    void paused() {
        rig.server.run("a", spec());
        rig.joinedAgent();
        rig.settle();
        rig.engine.pause(rig.onlyContainer(), true);
        rig.untilReason("a", "its container is paused");
        assertThat(rig.server.newest("a"))
                .extracting(InstanceStatus::state, InstanceStatus::failing)
                .containsExactly(InstanceState.RUNNING, true);
        rig.settle();
        rig.engine.pause(rig.onlyContainer(), false);
        rig.until(() -> !Objects.requireNonNull(rig.server.newest("a")).failing());
        assertThat(rig.server.newest("a"))
                .extracting(InstanceStatus::reason, InstanceStatus::restarts)
                .containsExactly("", 0);
        assertThat(rig.engine.history().starts(labels -> true)).isEqualTo(1);
        rig.engine.pause(rig.onlyContainer(), true);
        rig.untilReason("a", "its container is paused");
        rig.server.stop("a");
        rig.untilState("a", InstanceState.STOPPED);
        assertThat(rig.states()).isEmpty();
    }

    @Test
    @DisplayName(
            "an engine that was killed is the node's condition at once, and when it is back that is said at once too")
    void engineKilled() {
        rig.server.run("a", spec());
        rig.joinedAgent();
        rig.settle();
        rig.engine.kill();
        Instant killed = rig.queue.now();
        rig.until(() -> rig.server.lastHeartbeat().condition().startsWith("the container engine does not answer: "));
        assertThat(Duration.between(killed, rig.queue.now())).isLessThan(Duration.ofMillis(100));
        rig.settle();
        rig.engine.start();
        Instant back = rig.queue.now();
        rig.until(() -> rig.server.lastHeartbeat().condition().isEmpty());
        assertThat(Duration.between(back, rig.queue.now())).isLessThan(Duration.ofMillis(100));
    }

    @Test
    @DisplayName("a reason that is too long loses its front and keeps its cause")
    void longReasons() {
        rig.renderer = (template, model, values) -> {
            throw new IllegalStateException("a layer said: ".repeat(500) + "no such name");
        };
        rig.server.run("a", spec(it -> it.template("/a", "a")));
        rig.joinedAgent();
        rig.untilState("a", InstanceState.REJECTED);
        assertThat(Objects.requireNonNull(rig.server.newest("a")).reason())
                .startsWith("…")
                .hasSizeLessThan(1_100)
                .contains(": no such name");
    }
}
