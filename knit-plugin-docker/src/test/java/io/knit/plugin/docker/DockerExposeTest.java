package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.ExposeSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.api.spi.runtime.KnitLabels;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Ports that are exposed to the other nodes, of two on a real engine. */
class DockerExposeTest extends MeshedNodesTest {
    private static final Pattern ROW = Pattern.compile("^\\| `(\\S*\\.knit)` \\|", Pattern.MULTILINE);

    DockerExposeTest() {
        super(2);
    }

    private static DeploymentSpecBuilder on(String node, String name, String... command) {
        return DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .stack("shop")
                .nodeSelector("name", node)
                .command(List.of(command));
    }

    private static DeploymentSpecBuilder served(String name, int port) {
        return on(
                "n1",
                name,
                "/bin/busybox",
                "sh",
                "-c",
                "/bin/busybox mkdir -p /tmp/www; echo from-" + name
                        + " > /tmp/www/index.html; exec /bin/busybox httpd -f -p " + port + " -h /tmp/www");
    }

    private void run(DeploymentSpecBuilder spec) {
        DeploymentSpec built = spec.build();
        server.deploy(built);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> server.deployment(built.name())
                        .filter(it -> it.healthy() > 0)
                        .isPresent());
    }

    private ContainerSnapshot container(String deployment) {
        return await(runtime.snapshot(server.snapshot().cluster())).containers().stream()
                .filter(it -> deployment.equals(it.labels().get(KnitLabels.DEPLOYMENT)))
                .findFirst()
                .orElseThrow();
    }

    private String ask(String... busybox) {
        List<String> command = new ArrayList<>(List.of("/bin/busybox"));
        command.addAll(Arrays.asList(busybox));
        ExecResult result = await(runtime.exec(container("shop-asks").id(), command, Duration.ofSeconds(20)));
        return result.code() + " " + result.output();
    }

    private void isRefused(String address, int port) {
        assertThatThrownBy(() -> new Socket(InetAddress.getByName(address), port).close())
                .as(address)
                .isInstanceOf(ConnectException.class);
    }

    @Test
    @DisplayName(
            "a container reaches by a plain name and the port what a container of the other node exposes, and nobody on another address")
    void byPlainName() throws Exception {
        int port = freePort();
        int other = freePort();
        run(served("shop-db", port).expose(port));
        run(served("shop-api", 8080).expose(new ExposeSpec(8080, other, Protocol.TCP)));
        run(served("shop-shy", 8081));
        run(on("n0", "shop-asks", "/bin/busybox", "sleep", "1000"));

        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(ask("wget", "-q", "-O", "-", "http://db:" + port + "/")).isEqualTo("0 from-shop-db\n");
            assertThat(ask("wget", "-q", "-O", "-", "http://api:" + other + "/"))
                    .isEqualTo("0 from-shop-api\n");
        });
        assertThat(ask("nslookup", "db.shop.knit")).contains(mesh.get(1)).doesNotContain(mesh.get(0));
        assertThat(ask("wget", "-q", "-O", "-", "http://shop-db.knit:" + port + "/"))
                .isEqualTo("0 from-shop-db\n");
        // known by name all the same, and at no address, where another's port might answer
        assertThat(ask("nslookup", "shy.shop.knit")).doesNotContain("NXDOMAIN", mesh.get(1));
        assertThat(ask("wget", "-q", "-O", "-", "http://shy:8081/"))
                .startsWith("1 ")
                .contains("bad address");

        Instance db = server.deployment("shop-db").orElseThrow().instances().get(0);
        assertThat(db.ports()).containsExactly(new PortBinding(mesh.get(1), port, port, Protocol.TCP));
        new Socket(mesh.get(1), port).close();
        isRefused(mesh.get(0), port);
        isRefused("127.0.0.1", port);
        isRefused(await(runtime.bridges("none")).get(0).gateway(), port);
    }

    @Test
    @DisplayName("each name in the table of docs/names.md is asked for by a container, and leads to what is said there")
    void page() throws Exception {
        int port = freePort();
        run(served("web", 80).expose(new ExposeSpec(80, port, Protocol.TCP)));
        run(served("shop-db", 5432).expose(freePort()));
        run(on("n0", "shop-asks", "/bin/busybox", "sleep", "1000"));
        String instance =
                server.deployment("web").orElseThrow().instances().get(0).id();
        List<String> names = ROW.matcher(Files.readString(Path.of("..", "docs", "names.md")))
                .results()
                .map(row -> row.group(1).replace("web-0-x7f3k2", instance))
                .toList();
        assertThat(names).hasSize(5);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(ask("nslookup", "web.knit")).contains(mesh.get(1)));
        for (String name : names) {
            boolean service = name.startsWith("_");
            String answer = service ? ask("nslookup", "-type=srv", name) : ask("nslookup", name);
            assertThat(answer)
                    .as(name)
                    .contains(service ? " " + port + " " + instance + ".web.knit" : "Address: " + mesh.get(1));
        }
        assertThat(ask("nslookup", "nobody.knit")).contains("NXDOMAIN");
    }
}
