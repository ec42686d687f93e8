package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts whose containers have addresses of their own subnet each, to which the mesh leads: they talk without a published port, by name. */
@RequiresFleet
class RoutedNamesIT {
    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    private Fleet fleet;
    private Api api;
    private FleetProcesses processes;

    @BeforeEach
    void start() throws IOException {
        fleet = new Fleet("knit-routes-" + ProcessHandle.current().pid(), 2);
        processes = new FleetProcesses(fleet, folder);
        fleet.image("web:1");
        processes.mesh(0).setPeers(new JsonArray().add(peer(1, subnet(1))).add(peer(2, "10.210.0.0/16")));
        processes.startServer();
        api = processes.api();
        for (int host = 1; host <= fleet.size(); host++) {
            processes
                    .agent(host, FleetProcesses.usual("--labels", "name=n" + host, "--container-subnet", subnet(host)))
                    .start();
        }
        await("both nodes are ready and their containers' subnets known")
                .atMost(SOON)
                .until(() -> node(1).path("container_subnets").toString().equals("[\"10.210.1.0/24\"]")
                        && node(2).path("container_subnets").toString().equals("[\"10.210.2.0/24\"]"));
    }

    private static JsonObject peer(int host, String network) {
        return new JsonObject()
                .put("pubkey", "key-of-host-" + host)
                .put("hostname", "host-" + host)
                .put("mesh_ip", Fleet.address(host))
                .put("routable_networks", new JsonArray().add(network));
    }

    private static String subnet(int host) {
        return "10.210." + host + ".0/24";
    }

    private JsonNode node(int host) {
        return api.get("/nodes/host-" + host).json();
    }

    @AfterEach
    void end() throws IOException {
        if (processes != null) {
            processes.close();
        }
    }

    /** What the page says that a host has to let through, with this fleet's words for its interface. */
    private static String rule(int host) throws IOException {
        String page = Files.readString(Fleet.HOME.resolve("docs/names.md"));
        Matcher rule = Pattern.compile("^ *(iptables .* DOCKER-USER .*)$", Pattern.MULTILINE)
                .matcher(page);
        assertThat(rule.find()).isTrue();
        return rule.group(1).replace("wg0", "eth0").replace("10.210.1.0/24", subnet(host));
    }

    @Test
    @DisplayName("a container reaches one on another host by its name, at its own address and port, though it"
            + " publishes none; and another address after it was started anew")
    void byName() throws IOException {
        for (int host = 1; host <= 2; host++) {
            int other = 3 - host;
            fleet.exec(host, "ip", "route", "add", subnet(other), "via", Fleet.address(other))
                    .orFail();
        }
        deploy(
                "web",
                "{\"name\":\"web\",\"image\":\"web:1\",\"pull\":\"never\",\"node_selector\":{\"name\":\"n2\"},"
                        + "\"restart\":{\"delay\":\"5s\"}}");
        deploy(
                "asks",
                "{\"name\":\"asks\",\"image\":\"web:1\",\"pull\":\"never\",\"command\":[\"sleep\",\"1000\"],"
                        + "\"node_selector\":{\"name\":\"n1\"}}");
        String asker = container("asks");
        assertThat(fleet.docker(1, "exec", asker, "busybox", "nslookup", "web.knit"))
                .contains("10.210.2.");
        // as where the engine itself turned forwarding on: it drops what nobody published, until the operator says
        // otherwise
        fleet.exec(2, "iptables", "-P", "FORWARD", "DROP").orFail();
        assertThat(page(asker)).isEmpty();
        fleet.exec(2, rule(2).split(" ")).orFail();
        awaitPage(asker);
        String before = address();
        fleet.docker(2, "kill", container("web"));
        // another takes the address that is free now, so that it gets another one
        fleet.docker(2, "run", "-d", "--name", "other", "web:1");
        await("it runs again")
                .atMost(SOON)
                .until(() -> fleet.containers().values().stream()
                        .anyMatch(it -> it.deployment().equals("web") && it.runs()));
        assertThat(address()).isNotEqualTo(before);
        awaitPage(asker);
        fleet.docker(2, "rm", "-f", "other");
        for (String name : List.of("web", "asks")) {
            api.delete("/deployments/" + name);
            await().atMost(SOON).until(() -> api.status(name).equals("gone"));
        }
    }

    private void awaitPage(String asker) {
        await("the page by its name").atMost(SOON).until(() -> page(asker), page -> page.contains("It works"));
    }

    /** What the asker is given; empty if nothing comes. */
    private String page(String asker) {
        String asked = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 2 web.knit 80 2>/dev/null || true";
        return fleet.docker(1, "exec", asker, "sh", "-c", asked);
    }

    private void deploy(String name, String spec) {
        assertThat(api.post("/deployments", spec).status()).isEqualTo(202);
        await(name + " is healthy")
                .atMost(SOON)
                .until(() ->
                        api.get("/deployments/" + name).json().path("healthy").asInt() == 1);
    }

    private String container(String deployment) {
        return fleet.containers().values().stream()
                .filter(it -> it.deployment().equals(deployment))
                .map(Fleet.Container::id)
                .findFirst()
                .orElseThrow();
    }

    private String address() {
        return fleet.docker(2, "inspect", "-f", "{{.NetworkSettings.IPAddress}}", container("web"))
                .strip();
    }
}
