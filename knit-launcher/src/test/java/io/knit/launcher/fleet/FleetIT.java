package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.launcher.fleet.Fleet.Container;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The README's commands, to the letter, on three hosts; then a killed agent, a host that is cut off. */
@RequiresFleet
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FleetIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private Fleet fleet;
    private Api api;
    private FleetProcesses processes;
    private KnitProcess server;

    @BeforeAll
    void start() throws IOException {
        fleet = new Fleet("knit-it-" + ProcessHandle.current().pid(), 3);
        processes = new FleetProcesses(fleet, folder);
        fleet.image("nginx:latest");
        server = processes.startServer(Readme.words("./bin/knit-server"));
        api = processes.api();
        for (int host = 1; host <= fleet.size(); host++) {
            agent(host).start();
        }
    }

    /** Host 1 is the one that the seed's selector means. */
    private KnitProcess agent(int host) throws IOException {
        String[] command = Readme.words("./bin/knit-agent");
        if (host != 1) {
            command[command.length - 1] = "region=us,role=web";
        }
        return processes.agent(host, command);
    }

    @BeforeEach
    void allNodesAreReady() {
        for (int host = 1; host <= fleet.size(); host++) {
            String node = "host-" + host;
            await(node).atMost(SOON).until(() -> api.nodeState(node).equals("ready"));
        }
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        for (String name : api.deployments()) {
            api.delete("/deployments/" + name);
        }
        await("all deployments are gone")
                .atMost(SOON)
                .until(() -> api.deployments().isEmpty());
        assertThat(fleet.containers()).isEmpty();
        for (int host = 1; host <= fleet.size(); host++) {
            try (Stream<Path> files = Files.walk(processes.data(host))) {
                assertThat(files.filter(file -> file.endsWith("index.html"))).isEmpty();
            }
        }
    }

    @AfterAll
    void end() throws IOException {
        if (processes != null) {
            processes.close();
        }
    }

    @Test
    void theSeedsDeploymentRunsOnceOnTheLabelledHost() throws IOException {
        Files.writeString(folder.resolve("deployment.json"), Readme.json());
        assertThat(typed("curl -X POST http://10.54.0.1")).contains("\"name\":\"nginx-eu-api\"", "\"revision\":1");

        awaitRunning("nginx-eu-api");
        assertThat(fleet.containers().values()).extracting(Container::host).containsExactly(1);
        assertThat(api.page("http://10.54.0.15:8080/")).isEqualTo("<h1>Hello from Knit</h1><p>Rendered by agent.</p>");

        assertThat(typed("curl -X DELETE")).contains("\"status\":\"deleting\"");
        await("the deployment is gone")
                .atMost(SOON)
                .until(() -> api.status("nginx-eu-api").equals("gone"));
        assertThat(fleet.containers()).isEmpty();
        assertThat(api.delete("/deployments/nginx-eu-api").status()).isEqualTo(404);

        server.stop();
        server.start();
        assertThat(api.deployments()).as("after a restart of the server").isEmpty();
    }

    /** The README's command, typed on the server's host in a folder with the README's deployment. */
    private String typed(String beginning) {
        List<String> command = new ArrayList<>(fleet.on(0));
        command.addAll(List.of("sh", "-c", "cd '" + folder + "' && " + Readme.line(beginning) + " --silent"));
        return Shell.run(Map.of(), command).orFail();
    }

    @Test
    void withoutASelectorOneInstanceRunsInTheWholeFleet() {
        deploy("anywhere", "");
        awaitRunning("anywhere");
        Container container = only(fleet.containers().values());
        assertThat(container.runs()).isTrue();

        JsonNode port = api.get("/deployments/anywhere").json().at("/instances/0/ports/0");
        assertThat(port.path("host_ip").asText()).as("on the mesh").isEqualTo(Fleet.address(container.host()));
        assertThat(api.page("http://" + port.path("host_ip").asText() + ":"
                        + port.path("host_port").asInt() + "/"))
                .contains("It works");
    }

    @Test
    void anAgentThatWasKilledFindsItsContainersAgain() {
        deploy("survivor", "\"node_selector\": {\"ssd\": \"true\"},");
        awaitRunning("survivor");
        Map<String, Container> before = fleet.containers();

        processes.agentOf(1).kill();
        processes.agentOf(1).start();
        await("the node is back")
                .atMost(SOON)
                .until(() -> api.nodeState("host-1").equals("ready"));
        awaitRunning("survivor");

        assertThat(fleet.containers()).isEqualTo(before);
    }

    @Test
    void theServerAndItsBrokerMayBeKilled() {
        deploy("survivor", "");
        awaitRunning("survivor");
        Map<String, Container> before = fleet.containers();

        server.kill();
        server.start();
        await("the nodes are back")
                .atMost(SOON)
                .until(() -> api.nodeState("host-3").equals("ready"));
        awaitRunning("survivor");

        assertThat(fleet.containers()).isEqualTo(before);
    }

    @Test
    void theWorkOfAHostThatIsCutOffGoesElsewhereAndTheSurplusStops() {
        deploy("mover", "\"node_selector\": {\"region\": \"us\"},");
        awaitRunning("mover");
        Container first = only(fleet.containers().values());
        String node = "host-" + first.host();

        fleet.cut(first.host());
        try {
            await(node + " is down")
                    .atMost(SOON)
                    .until(() -> api.nodeState(node).equals("down"));
            await("it runs elsewhere")
                    .atMost(SOON)
                    .until(() -> fleet.containers().values().stream()
                            .anyMatch(container -> container.host() != first.host() && container.runs()));
            awaitRunning("mover");
            assertThat(fleet.containers())
                    .as("the host that is cut off keeps its own")
                    .containsKey(first.id());
        } finally {
            fleet.join(first.host());
        }

        await("the surplus stops").atMost(SOON).until(() -> fleet.containers().size() == 1);
        assertThat(only(fleet.containers().values()).host()).isNotEqualTo(first.host());
        assertThat(only(fleet.containers().values()).runs()).isTrue();
    }

    @Test
    void scalingRestartsNothingThatRuns() {
        deploy("wide", "");
        awaitRunning("wide");
        Map<String, Container> one = fleet.containers();

        deploy("wide", "\"replicas\": 4, ");
        await("three more run").atMost(SOON).until(() -> fleet.containers().size() == 4);
        awaitRunning("wide");
        assertThat(fleet.containers()).containsAllEntriesOf(one);

        deploy("wide", "");
        await("three are stopped").atMost(SOON).until(() -> fleet.containers().size() == 1);
        awaitRunning("wide");
        assertThat(fleet.containers()).isEqualTo(one);
    }

    private static Container only(Collection<Container> containers) {
        assertThat(containers).hasSize(1);
        return containers.iterator().next();
    }

    private void deploy(String name, String selector) {
        Api.Answer answer = api.post(
                "/deployments",
                "{\"name\": \"" + name + "\", " + selector
                        + "\"image\": \"nginx:latest\", \"ports\": [{\"container_port\": 80}]}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    }

    private void awaitRunning(String name) {
        await(name + " runs").atMost(SOON).until(() -> api.status(name).equals("running"));
    }
}
