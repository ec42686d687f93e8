package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reverse proxy and what is behind it: two Compose files with one external network, on two hosts with an engine each. */
@RequiresFleet
class SharedNetworkIT {
    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    private Fleet fleet;
    private Api api;
    private FleetProcesses processes;

    @BeforeEach
    void start() throws IOException {
        fleet = new Fleet("knit-edge-" + ProcessHandle.current().pid(), 2);
        processes = new FleetProcesses(fleet, folder);
        fleet.image("web:1");
        processes.mesh(0).setPeers(new JsonArray());
        processes.startServer();
        api = processes.api();
        for (int host = 1; host <= fleet.size(); host++) {
            processes
                    .agent(host, FleetProcesses.usual("--labels", "host=" + host))
                    .start();
        }
        await("both nodes are ready")
                .atMost(SOON)
                .until(() -> api.nodeState("host-1").equals("ready")
                        && api.nodeState("host-2").equals("ready"));
    }

    @AfterEach
    void end() throws IOException {
        if (processes != null) {
            processes.close();
        }
    }

    private void compose(String project, String service, int host, String more) {
        String file = """
                name: %s
                services:
                  %s:
                    image: web:1
                    pull_policy: never
                    networks: {edge: {aliases: [%1$s-page]}}
                    deploy: {placement: {constraints: ["node.labels.host == %s"]}}
                    %s
                networks: {edge: {external: true}}
                """.formatted(project, service, host, more);
        Api.Answer answer = api.post(
                "/compose",
                JsonNodeFactory.instance.objectNode().put("file", file).toString());
        assertThat(answer.status()).as(answer.body()).isBetween(200, 202);
        String deployment = project + "-" + service;
        await(deployment + " is healthy")
                .atMost(SOON)
                .until(() -> api.get("/deployments/" + deployment)
                                .json()
                                .path("healthy")
                                .asInt()
                        == 1);
    }

    @Test
    @DisplayName("each finds the other by service name and alias, from host to host as on one, until it goes")
    void plainNames() {
        compose("proxy", "gate", 1, "command: [sleep, '1000']");
        compose("near", "gate", 2, "command: [sleep, '1000']");
        compose("shop", "web", 2, "expose: [80]");
        String gate = container("proxy-gate");
        await("the page from another host")
                .atMost(SOON)
                .until(() -> page(1, gate, "web"), page -> page.contains("It works"));
        assertThat(page(1, gate, "shop-page")).contains("It works");
        assertThat(looked(gate)).contains(Fleet.address(2)).doesNotContain("NXDOMAIN");
        assertThat(page(2, container("near-gate"), "web")).contains("It works");
        assertThat(fleet.docker(2, "exec", container("shop-web"), "busybox", "ping", "-c", "1", "near-page"))
                .contains("1 packets received");

        api.delete("/deployments/shop-web");
        await("nobody is called so").atMost(SOON).until(() -> looked(gate).contains("NXDOMAIN"));
        for (String name : List.of("proxy-gate", "near-gate", "shop-web")) {
            api.delete("/deployments/" + name);
            await().atMost(SOON).until(() -> api.status(name).equals("gone"));
        }
    }

    /** As who knows no other place to look for a word. */
    private String looked(String gate) {
        return fleet.docker(1, "exec", gate, "sh", "-c", "busybox nslookup web.proxy.knit 2>&1 || true");
    }

    /** What is given there; empty if nothing comes. */
    private String page(int host, String container, String name) {
        String asked = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 2 " + name + " 80 2>/dev/null || true";
        return fleet.docker(host, "exec", container, "sh", "-c", asked);
    }

    private String container(String deployment) {
        return fleet.containers().values().stream()
                .filter(it -> it.deployment().equals(deployment))
                .map(Fleet.Container::id)
                .findFirst()
                .orElseThrow();
    }
}
