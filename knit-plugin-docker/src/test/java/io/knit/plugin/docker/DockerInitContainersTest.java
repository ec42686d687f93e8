package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.ContainerNetwork;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.PartSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What runs before a main container, on a real engine. */
class DockerInitContainersTest extends EngineServerTest {
    DockerInitContainersTest() {
        super("init");
    }

    private static PartSpec part(String name, String script, Duration timeout) {
        return new PartSpec(
                name, engine.image, List.of(), List.of("sh", "-c", script), List.of(), Map.of(), "", "", timeout);
    }

    private DeploymentSpecBuilder spec(String name, String script) {
        return DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .command(List.of("sh", "-c", script))
                .network(
                        new NetworkSpec("", "", List.of(), List.of(), List.of(new NamedNetwork(this.name, List.of()))));
    }

    private List<ContainerSnapshot> containers() {
        return await(runtime.snapshot(server.snapshot().cluster())).containers();
    }

    private Stream<ContainerSnapshot> parts() {
        return containers().stream().filter(it -> it.labels().containsKey(KnitLabels.PART));
    }

    private Instance only() {
        return server.snapshot().deployment(name).orElseThrow().instances().get(0);
    }

    @Test
    @DisplayName("they write into its volume as whom they are, ask on its network, and are gone when it runs")
    void shared() {
        await(agent.start());
        await(server.deploy(spec(name + "-db", "exec busybox sleep 1000").build()));
        until(() -> running() == 1);
        await(server.deploy(spec(name, "busybox grep -q ready /data/state && exec busybox sleep 1000")
                .volume(VolumeSpec.named("data", "/data"))
                .initContainer(part(
                        "owners",
                        "busybox ping -c 1 " + name
                                + "-db && busybox touch /data/.owned && busybox chown 1000:1000 /data",
                        PartSpec.TIMEOUT))
                .initContainer(new PartSpec(
                        "state",
                        engine.image,
                        List.of("sh", "-c"),
                        List.of("busybox sleep 2 && echo $STATE $(busybox id -u) > state"),
                        List.of(),
                        Map.of("STATE", "ready"),
                        "1000:1000",
                        "/data",
                        Duration.ofMinutes(1)))
                .build()));
        until(() -> parts().anyMatch(it ->
                "state".equals(it.labels().get(KnitLabels.PART)) && it.state() == ContainerState.RUNNING));
        String asked = parts().findFirst().orElseThrow().id();
        for (ContainerNetwork on : engine.client
                .inspectContainerCmd(asked)
                .exec()
                .getNetworkSettings()
                .getNetworks()
                .values()) {
            assertThat(Objects.requireNonNullElse(on.getAliases(), List.<String>of()))
                    .doesNotContain(name);
        }
        until(() -> only().state() == InstanceState.RUNNING);
        assertThat(parts()).isEmpty();
        String main = containers().stream()
                .filter(it -> name.equals(it.labels().get(KnitLabels.DEPLOYMENT)))
                .findFirst()
                .orElseThrow()
                .id();
        assertThat(await(runtime.exec(main, List.of("busybox", "cat", "/data/state"), Duration.ofSeconds(10)))
                        .output())
                .startsWith("ready 1000");
    }

    @Test
    @DisplayName("one that fails says so with its last line, one that is late is stopped, and a delete leaves nothing")
    void failing() {
        await(agent.start());
        await(server.deploy(spec(name, "exec busybox sleep 1000")
                .initContainer(part("migrate", "echo no such table; exit 3", PartSpec.TIMEOUT))
                .build()));
        until(() -> only().reason()
                .startsWith("init container migrate ended with exit code 3: no such table; tries again"));
        await(server.deploy(spec(name, "exec busybox sleep 1000")
                .initContainer(part("migrate", "echo waits; exec busybox sleep 1000", Duration.ofSeconds(1)))
                .build()));
        until(() -> server.snapshot().deployment(name).orElseThrow().instances().stream()
                .anyMatch(it -> it.reason()
                        .startsWith("init container migrate did not end within 1s (timeout) and was stopped: waits")));
        assertThat(containers()).noneMatch(it -> !it.labels().containsKey(KnitLabels.PART));
        await(server.undeploy(name));
        until(() -> server.snapshot().deployments().isEmpty());
        assertThat(containers()).isEmpty();
    }

    @Test
    @DisplayName("an agent that ends while one runs leaves it, and the next one begins anew")
    void agentEnds() {
        await(agent.start());
        await(server.deploy(spec(name, "busybox wc -l < /data/runs; exec busybox sleep 1000")
                .volume(VolumeSpec.named("data", "/data"))
                .initContainer(part(
                        "slow",
                        "echo once >> /data/runs; test $(busybox wc -l < /data/runs) = 2 || exec busybox sleep 1000",
                        PartSpec.TIMEOUT))
                .build()));
        until(() -> parts().anyMatch(it -> it.state() == ContainerState.RUNNING));
        String left = parts().findFirst().orElseThrow().id();
        await(agent.close());
        assertThat(parts()).singleElement().satisfies(it -> {
            assertThat(it.id()).isEqualTo(left);
            assertThat(it.state()).isEqualTo(ContainerState.RUNNING);
        });
        agent = another();
        await(agent.start());
        until(() -> only().state() == InstanceState.RUNNING);
        assertThat(containers())
                .singleElement()
                .satisfies(it -> assertThat(it.labels())
                        .containsEntry(KnitLabels.DEPLOYMENT, name)
                        .doesNotContainKey(KnitLabels.PART));
    }
}
