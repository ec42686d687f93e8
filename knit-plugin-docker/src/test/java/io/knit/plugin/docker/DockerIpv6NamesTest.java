package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Network.Ipam;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.KnitAgentBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Names of containers with addresses of IPv6, of two nodes on a real engine, where the mesh leads to them. */
class DockerIpv6NamesTest extends MeshedNodesTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final List<String> SUBNETS = List.of("fd00:210:8::/64", "fd00:210:9::/64");

    private int told;

    DockerIpv6NamesTest() {
        super(2);
    }

    @Override
    KnitAgentBuilder granted(KnitAgentBuilder builder) {
        return builder.containerSubnet(SUBNETS.get(told++));
    }

    /** As an engine makes it whose pools have addresses of IPv6; with a container of nobody's on it, for as long as which it stays. */
    private String network(int node) {
        String cluster = server.snapshot().cluster();
        String network = "knit." + cluster + ".net" + node;
        engine.client
                .createNetworkCmd()
                .withName(network)
                .withEnableIpv6(true)
                .withIpam(new Ipam().withConfig(new Ipam.Config().withSubnet(SUBNETS.get(node))))
                .withLabels(Map.of(KnitLabels.CLUSTER, cluster, KnitLabels.NETWORK, "net" + node))
                .exec();
        String holder = engine.client
                .createContainerCmd(engine.image)
                .withCmd("/bin/busybox", "sleep", "1000")
                .withHostConfig(HostConfig.newHostConfig().withNetworkMode(network))
                .exec()
                .getId();
        engine.client.startContainerCmd(holder).exec();
        return holder;
    }

    private void remove(String container) {
        String network = engine.client
                .inspectContainerCmd(container)
                .exec()
                .getHostConfig()
                .getNetworkMode();
        engine.client.removeContainerCmd(container).withForce(true).exec();
        try {
            engine.client.removeNetworkCmd(network).exec();
        } catch (NotFoundException e) {
            // an agent was faster
        }
    }

    private void run(int node, String name, String command) {
        DeploymentSpec spec = DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .nodeSelector("name", "n" + node)
                .network(new NetworkSpec(
                        "", "", List.of(), List.of(), List.of(new NamedNetwork("net" + node, List.of()))))
                .command(List.of("/bin/busybox", "sh", "-c", command))
                .build();
        server.deploy(spec);
        Awaitility.await()
                .atMost(SOON)
                .until(() ->
                        server.deployment(name).filter(it -> it.healthy() > 0).isPresent());
    }

    private String ask(String... busybox) {
        String asks = await(runtime.snapshot(server.snapshot().cluster())).containers().stream()
                .filter(it -> "asks".equals(it.labels().get(KnitLabels.DEPLOYMENT)))
                .findFirst()
                .orElseThrow()
                .id();
        List<String> command = new ArrayList<>(List.of("/bin/busybox"));
        command.addAll(Arrays.asList(busybox));
        ExecResult result = await(runtime.exec(asks, command, Duration.ofSeconds(20)));
        return result.code() + " " + result.output();
    }

    @Test
    @DisplayName("a name leads to the container's own address of IPv6 on another node, where nothing is published, and"
            + " who asks for IPv4 is told that there is none")
    void ownAddress() {
        List<String> holders = List.of(network(0), network(1));
        try {
            run(
                    1,
                    "web",
                    "/bin/busybox mkdir -p /tmp/www; echo from-web > /tmp/www/index.html;"
                            + " exec /bin/busybox httpd -f -p 8080 -h /tmp/www");
            run(0, "asks", "exec /bin/busybox sleep 1000");
            Awaitility.await()
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(ask("nslookup", "-type=aaaa", "web.knit"))
                            .contains("fd00:210:9::"));
            assertThat(ask("nslookup", "-type=a", "web.knit")).doesNotContain("NXDOMAIN", "fd00:210:9::");
            assertThat(ask("wget", "-q", "-O", "-", "http://web.knit:8080/")).isEqualTo("0 from-web\n");
            assertThat(ask("wget", "-q", "-O", "-", "http://web:8080/")).isEqualTo("0 from-web\n");
        } finally {
            List.of("web", "asks").forEach(name -> await(server.undeploy(name)));
            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> server.snapshot().deployments().isEmpty());
            holders.forEach(this::remove);
        }
    }
}
