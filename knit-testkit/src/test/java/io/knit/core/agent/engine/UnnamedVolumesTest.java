package io.knit.core.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.IsolationSpec;
import io.knit.api.model.LogSpec;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.Resources;
import io.knit.api.model.ScratchSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UnnamedVolumesTest {
    private static final String CLUSTER = "c1234567";
    private static final Duration LESS = UnnamedVolumes.KEPT.minus(UnnamedVolumes.LOOKS);
    private static final Duration MORE = UnnamedVolumes.KEPT.plus(UnnamedVolumes.LOOKS.multipliedBy(2));

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final FakeEngine engine =
            new FakeEngine("n1", loop).withImage("db:1").withVolumes("db:1", "/data");
    private final FakeRuntime runtime = new FakeRuntime(engine, loop);
    private final UnnamedVolumes volumes = new UnnamedVolumes(loop, runtime, "n1");

    @BeforeEach
    void start() {
        volumes.start();
    }

    private <T> T done(Future<T> future) {
        assertThat(queue.runUntil(future::isComplete, Duration.ofMinutes(1))).isTrue();
        return future.result();
    }

    private String container(String deployment, String node) {
        return done(runtime.create(new ContainerSpec(
                deployment + "-0-" + node,
                "db:1",
                List.of(),
                List.of(),
                Map.of(),
                Map.of(KnitLabels.CLUSTER, CLUSTER, KnitLabels.INSTANCE, deployment + "-0-" + node),
                List.of(),
                List.of(),
                true,
                true,
                Resources.DEFAULT,
                ProcessSpec.DEFAULT,
                IsolationSpec.DEFAULT,
                ScratchSpec.DEFAULT,
                NetworkSpec.DEFAULT,
                LogSpec.DEFAULT,
                List.of(VolumeSpec.named("kept", "/kept")),
                new SlotVolumes(CLUSTER, node, deployment, "0"))));
    }

    private void goes(String container) {
        done(runtime.remove(container, Duration.ZERO));
    }

    private List<String> there() {
        return engine.volumes().stream().map(VolumeSnapshot::name).sorted().toList();
    }

    @Test
    @DisplayName(
            "it goes an hour after the last of its deployment; what the spec names stays, and so does another agent's")
    void goes() {
        volumes.wanted(CLUSTER, Set.of("db"));
        goes(container("db", "n1"));
        goes(container("other", "n2"));
        queue.runFor(MORE);
        assertThat(there()).hasSize(4);

        volumes.wanted(CLUSTER, Set.of());
        queue.runFor(LESS);
        assertThat(there()).hasSize(4);
        queue.runFor(MORE.minus(LESS));
        assertThat(engine.volumes())
                .extracting(it -> it.labels().get(KnitLabels.NODE) + it.labels().get(KnitLabels.VOLUME))
                .containsExactlyInAnyOrder("n1kept", "n2/data", "n2kept");
    }

    @Test
    @DisplayName("what comes back within the hour finds it, and the hour begins anew when it goes again")
    void comesBack() {
        goes(container("db", "n1"));
        volumes.wanted(CLUSTER, Set.of());
        queue.runFor(LESS);
        volumes.wanted(CLUSTER, Set.of("db"));
        volumes.wanted(CLUSTER, Set.of());
        queue.runFor(LESS);
        assertThat(there()).hasSize(2);
        queue.runFor(MORE.minus(LESS));
        assertThat(there()).hasSize(1);
    }

    @Test
    @DisplayName("one that a container has stays, whatever is wanted, until that has gone")
    void inUse() {
        String container = container("db", "n1");
        volumes.wanted(CLUSTER, Set.of());
        queue.runFor(MORE);
        assertThat(there()).hasSize(2);
        goes(container);
        queue.runFor(UnnamedVolumes.LOOKS.multipliedBy(2));
        assertThat(there()).hasSize(1);
    }

    @Test
    @DisplayName("nothing goes before the agent knows what is wanted, nor after it stopped")
    void notYet() {
        goes(container("db", "n1"));
        queue.runFor(MORE);
        assertThat(there()).hasSize(2);
        volumes.wanted(CLUSTER, Set.of());
        volumes.stop();
        queue.runFor(MORE);
        assertThat(there()).hasSize(2);
    }
}
