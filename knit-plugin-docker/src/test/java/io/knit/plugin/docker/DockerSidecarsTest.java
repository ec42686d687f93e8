package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs beside a main container, on a real engine. */
class DockerSidecarsTest extends EngineServerTest {
    private static final String SERVES = "exec busybox httpd -f -p 127.0.0.1:8080 -h /data";
    private static final String FETCHES =
            "echo hello > /data/page; until busybox wget -q -O /data/got http://127.0.0.1:8080/page; do busybox sleep 1; done; echo fetched; exec busybox sleep 1000";

    DockerSidecarsTest() {
        super("side");
    }

    @Override
    List<String> allowed() {
        return List.of("network:host");
    }

    private static SidecarSpec sidecar(String name, String script) {
        return new SidecarSpec(name, engine.image, List.of(), List.of("sh", "-c", script), List.of(), Map.of(), "", "");
    }

    private DeploymentSpecBuilder spec(String script) {
        return DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .command(List.of("sh", "-c", script))
                .volume(VolumeSpec.named("data", "/data"));
    }

    private List<ContainerSnapshot> containers() {
        return await(runtime.snapshot(server.snapshot().cluster())).containers();
    }

    private ContainerSnapshot container(String part) {
        return containers().stream()
                .filter(it -> it.labels().getOrDefault(KnitLabels.PART, "main").equals(part))
                .findFirst()
                .orElseThrow();
    }

    private Instance only() {
        return server.snapshot().deployment(name).orElseThrow().instances().get(0);
    }

    private String run(String part, String script) {
        return await(runtime.exec(container(part).id(), List.of("sh", "-c", script), Duration.ofSeconds(10)))
                .output();
    }

    private boolean reaches() {
        return run("log", "busybox wget -q -O - http://127.0.0.1:8080/page").startsWith("hello");
    }

    private boolean runs(String part) {
        return containers().stream()
                .anyMatch(
                        it -> it.labels().getOrDefault(KnitLabels.PART, "main").equals(part)
                                && it.state() == ContainerState.RUNNING);
    }

    private void kill(String part) {
        engine.client.killContainerCmd(container(part).id()).exec();
    }

    @Test
    @DisplayName(
            "they share localhost and a volume; one that dies is made anew, all follow the main one into its new network, and a delete leaves nothing")
    void shared() {
        await(agent.start());
        await(server.deploy(spec(SERVES)
                .network(new NetworkSpec("", "me", List.of(), List.of(), List.of(new NamedNetwork(name, List.of("x")))))
                .sidecar(sidecar("log", FETCHES))
                .build()));
        until(() -> only().state() == InstanceState.RUNNING);
        until(this::reaches);
        until(() -> run("main", "busybox cat /data/got").startsWith("hello"));
        assertThat(run("log", "busybox hostname")).startsWith("me");

        String main = container("main").id();
        String log = container("log").id();
        kill("log");
        until(() -> runs("log") && !container("log").id().equals(log));
        until(() -> only().reason().startsWith("sidecar log was started again after "));
        assertThat(container("main").id()).isEqualTo(main);
        assertThat(only().restarts()).isZero();
        until(this::reaches);

        kill("main");
        until(() -> only().restarts() == 1 && runs("main") && runs("log"));
        assertThat(container("main").id()).isEqualTo(main);
        until(this::reaches);
        assertThat(containers()).hasSize(2);

        await(server.undeploy(name));
        until(() -> server.snapshot().deployments().isEmpty());
        assertThat(containers()).isEmpty();
        await(runtime.volumes(server.snapshot().cluster()))
                .forEach(volume -> await(runtime.removeVolume(volume.name())));
        assertThat(await(runtime.volumes(server.snapshot().cluster()))).isEmpty();
    }

    @Test
    @DisplayName("one that ends says so with its last line, and the instance stays running")
    void ends() {
        await(agent.start());
        await(server.deploy(spec(SERVES)
                .sidecar(sidecar("log", "echo no such host; exit 3"))
                .build()));
        until(() -> only().reason().startsWith("sidecar log ended with exit code 3: no such host; starts again in"));
        assertThat(only().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(only().restarts()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {NetworkSpec.HOST, NetworkSpec.NONE})
    @DisplayName("they are on whatever network the main one is on")
    void networks(String network) {
        await(agent.start());
        String port = network.equals(NetworkSpec.HOST) ? "18080" : "8080";
        await(server.deploy(spec(SERVES.replace("8080", port))
                .network(new NetworkSpec(network, "", List.of(), List.of()))
                .sidecar(sidecar("log", FETCHES.replace("8080", port)))
                .build()));
        until(() -> runs("log") && run("main", "busybox cat /data/got").startsWith("hello"));
        assertThat(only().state()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    @DisplayName("an agent that ends leaves them, and the next one keeps them")
    void agentEnds() {
        await(agent.start());
        await(server.deploy(spec(SERVES).sidecar(sidecar("log", FETCHES)).build()));
        until(() -> only().state() == InstanceState.RUNNING && runs("log"));
        List<String> before =
                containers().stream().map(ContainerSnapshot::id).sorted().toList();
        await(agent.close());
        agent = another();
        await(agent.start());
        kill("log");
        // which it would not make anew before it has looked at all of them
        until(() -> runs("log") && !before.contains(container("log").id()));
        assertThat(before).contains(container("main").id());
        assertThat(containers()).hasSize(2);
        until(this::reaches);
    }

    @Test
    @DisplayName("the main one ends first, and they have what it shares until then")
    void mainFirst() {
        await(agent.start());
        await(server.deploy(
                spec("trap 'busybox sleep 2; echo main >> /data/ends; exit 0' TERM; while true; do busybox sleep 1; done")
                        .init(false)
                        .sidecar(sidecar(
                                "log",
                                "trap 'echo log >> /data/ends; exit 0' TERM; while true; do busybox sleep 1; done"))
                        .build()));
        until(() -> only().state() == InstanceState.RUNNING && runs("log"));
        await(server.undeploy(name));
        until(() -> server.snapshot().deployments().isEmpty());
        await(server.deploy(spec("exec busybox sleep 1000").build()));
        until(() -> runs("main"));
        assertThat(run("main", "busybox cat /data/ends")).isEqualToIgnoringWhitespace("main log");
    }
}
