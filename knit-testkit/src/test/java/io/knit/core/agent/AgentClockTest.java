package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.InstanceState;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.core.wire.InstanceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock of an agent's host is set while it waits for something. */
class AgentClockTest {
    private final AgentRig rig = new AgentRig(1);

    private Duration took(Runnable what) {
        Instant begin = rig.queue.now();
        what.run();
        return Duration.between(begin, rig.queue.now());
    }

    private void runOne() {
        rig.server.run("a", spec());
        rig.joinedAgent();
        rig.untilState("a", InstanceState.RUNNING);
    }

    @ParameterizedTest
    @ValueSource(longs = {-60, 60})
    @DisplayName("a container that ended is started again after its wait, though the clock went away by an hour")
    void restart(long minutes) {
        runOne();
        rig.engine.end(rig.onlyContainer(), 1);
        rig.untilReason("a", "starts again in 1 s");
        rig.setClock(Duration.ofMinutes(minutes));
        Duration took = took(() -> rig.until(() -> rig.states().equals(List.of(ContainerState.RUNNING))));
        assertThat(took).isBetween(Duration.ofMillis(500), Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @ValueSource(longs = {-60, 60})
    @DisplayName("a container that ran only a moment has not become a stable one by the clock")
    void notStable(long minutes) {
        runOne();
        for (String wait : List.of("1 s", "2 s", "4 s")) {
            rig.until(() -> rig.states().equals(List.of(ContainerState.RUNNING)));
            rig.setClock(Duration.ofMinutes(minutes));
            rig.engine.end(rig.onlyContainer(), 1);
            rig.untilReason("a", "starts again in " + wait);
            rig.setClock(Duration.ZERO);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-60, 60})
    @DisplayName("a status that was lost is sent again after its wait, though the clock went away by an hour")
    void resend(long minutes) {
        runOne();
        rig.bus.cut("server");
        rig.engine.end(rig.onlyContainer(), 1);
        rig.queue.runFor(Duration.ofSeconds(4));
        rig.setClock(Duration.ofMinutes(minutes));
        rig.queue.runFor(Duration.ofSeconds(4));
        rig.bus.heal("server");
        Duration took = took(() -> rig.until(() -> {
            InstanceStatus status = rig.server.newest("a");
            return status != null && status.restarts() == 1;
        }));
        assertThat(took).isLessThan(Duration.ofSeconds(10));
    }
}
