package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.fleet.FleetAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.PortSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.fleet.KnitFleet;
import io.knit.testkit.fleet.TestFleet;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Containers of a real engine whose files follow where a service is. */
class DockerServiceFilesTest extends RealEngineTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static DeploymentSpecBuilder shell(String name, String script) {
        return DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .command(List.of("/bin/busybox", "sh", "-c", script));
    }

    private static DeploymentSpec web(int replicas) {
        return shell(
                        "web",
                        "/bin/busybox mkdir -p /tmp/www; /bin/busybox hostname > /tmp/www/index.html; exec /bin/busybox httpd -f -p 8080 -h /tmp/www")
                .replicas(replicas)
                .port(new PortSpec(null, 0, 8080, io.knit.api.model.Protocol.TCP))
                .build();
    }

    private ContainerSnapshot proxy(TestFleet fleet) {
        String cluster = fleet.server().snapshot().cluster();
        return await(runtime.snapshot(cluster)).containers().stream()
                .filter(it -> "proxy".equals(it.labels().get(KnitLabels.DEPLOYMENT))
                        && !it.labels().containsKey(KnitLabels.PART))
                .findFirst()
                .orElseThrow();
    }

    private String in(TestFleet fleet, String script) {
        ExecResult result =
                await(runtime.exec(proxy(fleet).id(), List.of("/bin/busybox", "sh", "-c", script), PATIENCE));
        return result.output();
    }

    private List<String> lines(TestFleet fleet, String file) {
        return in(fleet, "/bin/busybox cat " + file).lines().toList();
    }

    @Test
    @DisplayName(
            "instances come and go: a container that runs has them in its file, is told by a signal or a command, and reaches each")
    @KnitFleet(agents = 1, runtime = KnitFleet.Runtime.DOCKER, time = KnitFleet.Time.REAL)
    void follows(TestFleet fleet) {
        String each = "{% for e in service(\"web\") %}{{ e.address }}:{{ e.port }}\n{% endfor %}";
        fleet.deploy(web(1));
        fleet.deploy(shell("proxy", "trap 'echo told >> /tmp/signals' HUP; while true; do /bin/busybox sleep 0.1; done")
                .init(false)
                .template(new TemplateSpec("/etc/upstreams", each).signalling("SIGHUP"))
                .template(new TemplateSpec("/etc/others", each)
                        .running(List.of("/bin/busybox", "sh", "-c", "echo ran >> /tmp/commands")))
                .build());
        assertThat(fleet).deployment("web").isRunning();
        assertThat(fleet).deployment("proxy").isRunning();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> lines(fleet, "/etc/upstreams").size() == 1);
        String container = proxy(fleet).id();
        // what it was told while it began is not of interest
        Awaitility.await().pollDelay(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> true);
        in(fleet, "/bin/busybox rm -f /tmp/signals /tmp/commands");

        fleet.deploy(web(3));
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> lines(fleet, "/etc/upstreams").size() == 3);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> !in(fleet, "/bin/busybox cat /tmp/signals").isEmpty()
                        && in(fleet, "/bin/busybox cat /tmp/commands").contains("ran"));
        assertThat(lines(fleet, "/etc/others")).isEqualTo(lines(fleet, "/etc/upstreams"));
        for (String upstream : lines(fleet, "/etc/upstreams")) {
            assertThat(in(fleet, "/bin/busybox wget -q -O - http://" + upstream + "/"))
                    .isNotBlank();
        }
        fleet.deploy(web(1));
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> lines(fleet, "/etc/upstreams").size() == 1);
        assertThat(proxy(fleet).id()).isEqualTo(container);
    }

    @Test
    @DisplayName(
            "a command that refuses a file, in a container of its own with the file in its place, keeps it away: before the main container is made, and while that runs")
    @KnitFleet(agents = 1, runtime = KnitFleet.Runtime.DOCKER, time = KnitFleet.Time.REAL)
    void refused(TestFleet fleet) {
        String each = "{% for e in service(\"web\") %}{{ e.address }}:{{ e.port }}\n{% endfor %}";
        String check =
                "n=$(/bin/busybox wc -l < /etc/upstreams); echo \"$n servers for $LEVEL\"; [ $n -gt 0 ] && [ $n -lt 3 ]";
        fleet.deploy(shell("proxy", "while true; do /bin/busybox sleep 0.1; done")
                .init(false)
                .env("LEVEL", "seven")
                .template(new TemplateSpec("/etc/upstreams", each)
                        .unannounced()
                        .validatedBy(List.of("/bin/busybox", "sh", "-c", check)))
                .build());
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> reason(fleet)
                        .startsWith("validate of /etc/upstreams ended with exit code 1: 0 servers for seven"));
        assertThat(fleet.server()
                        .deployment("proxy")
                        .orElseThrow()
                        .instances()
                        .get(0)
                        .restarts())
                .isZero();

        fleet.deploy(web(1));
        assertThat(fleet).deployment("proxy").isRunning();
        String container = proxy(fleet).id();
        fleet.deploy(web(3));
        Awaitility.await()
                .atMost(PATIENCE)
                .until(
                        () -> reason(fleet)
                                .equals(
                                        "files stay as they were: validate of /etc/upstreams ended with exit code 1: 3 servers for seven"));
        assertThat(lines(fleet, "/etc/upstreams").size()).isBetween(1, 2);
        fleet.deploy(web(1));
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> lines(fleet, "/etc/upstreams").size() == 1);
        Awaitility.await().atMost(PATIENCE).until(() -> reason(fleet).isEmpty());
        assertThat(proxy(fleet).id()).isEqualTo(container);
        String cluster = fleet.server().snapshot().cluster();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> await(runtime.snapshot(cluster)).containers().stream()
                        .noneMatch(it -> it.labels().containsKey(KnitLabels.PART)));
    }

    private static String reason(TestFleet fleet) {
        return fleet.server().deployment("proxy").orElseThrow().instances().stream()
                .map(Instance::reason)
                .findFirst()
                .orElse("");
    }
}
