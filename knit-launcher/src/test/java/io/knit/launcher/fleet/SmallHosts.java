package io.knit.launcher.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.awaitility.Awaitility;

/** A server with 96 MiB of heap, an agent with 48 MiB, and a broker that is the server's own or a nats-server; all else is as the wrapper has it. */
final class SmallHosts implements AutoCloseable {
    static final String NATS_SERVER = "/usr/sbin/nats-server";
    private static final String NODE = "host-1";
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Fleet fleet;
    private final Path folder;
    private final Api api;
    private final KnitProcess server;
    private final KnitProcess agent;
    /** By the names that people know them by. */
    private final Map<String, KnitProcess> processes = new TreeMap<>();

    /** @param outside whether the broker is a nats-server */
    SmallHosts(Fleet fleet, Path folder, boolean outside) {
        this.fleet = fleet;
        this.folder = folder;
        if (outside) {
            KnitProcess broker = new KnitProcess(
                            "broker", folder, fleet.on(0), Map.of(), NATS_SERVER, "-a", "10.54.0.1", "-p", "4222")
                    .saying("Server is ready");
            processes.put("broker", broker);
            broker.start();
        }
        server = new KnitProcess(
                "server",
                folder,
                fleet.on(0),
                heap("96m", Map.of("KNIT_DATA_DIR", folder.resolve("server").toString())),
                "bin/knit-server",
                "start",
                "--http-addr",
                "10.54.0.1:8080",
                outside ? "--nats-url" : "--nats-addr",
                outside ? "nats://10.54.0.1:4222" : "10.54.0.1:4222");
        agent = new KnitProcess(
                "agent",
                folder,
                fleet.on(1),
                heap(
                        "48m",
                        Map.of(
                                "KNIT_DATA_DIR",
                                folder.resolve("agent").toString(),
                                "KNIT_DOCKER_HOST",
                                fleet.dockerHost(1),
                                "KNIT_WG_MESH_SOCKET",
                                folder.resolve("no-mesh.sock").toString())),
                FleetProcesses.usual("--node-id", NODE));
        processes.put("server", server);
        processes.put("agent", agent);
        server.start();
        agent.start();
        api = new Api(fleet, "http://10.54.0.1:8080");
        awaitReady();
    }

    private static Map<String, String> heap(String most, Map<String, String> more) {
        Map<String, String> environment = new TreeMap<>(more);
        environment.put("KNIT_JAVA_OPTS", "-Xmx" + most);
        return environment;
    }

    void awaitReady() {
        Awaitility.await(NODE + " is ready")
                .atMost(SOON)
                .until(() -> api.nodeState(NODE).equals("ready"));
    }

    Api api() {
        return api;
    }

    KnitProcess process(String name) {
        return Objects.requireNonNull(processes.get(name), name);
    }

    Map<String, KnitProcess> processes() {
        return processes;
    }

    /** A command as a user starts it on the server's host, whose complaints are in a file of the folder. */
    Process knit(String errors, String... words) throws IOException {
        List<String> line =
                new ArrayList<>(List.of(Fleet.HOME.resolve("bin/knit").toString()));
        line.addAll(List.of(words));
        return start(errors, line);
    }

    Process start(String errors, List<String> line) throws IOException {
        List<String> command = new ArrayList<>(fleet.on(0));
        command.addAll(line);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(folder.resolve(errors).toFile());
        builder.environment().put("KNIT_SERVER", "http://10.54.0.1:8080");
        return builder.start();
    }

    /**
     * Deploys what this shell script does, on the fleet's image, and waits until it runs.
     *
     * @param more fields of the spec, each with a comma before it
     * @return its instance
     */
    String deploy(String name, String script, String more) {
        String spec =
                "{\"name\": \"" + name + "\", \"image\": \"box:local\", \"command\": [\"sh\", \"-c\"], \"args\": [\""
                        + script.replace("\\", "\\\\").replace("\"", "\\\"") + "\"]" + more + "}";
        // the same again changes nothing
        Awaitility.await(name + " is accepted")
                .atMost(SOON)
                .until(() -> api.post("/deployments", spec).status() == 202);
        Awaitility.await(name + " runs")
                .atMost(SOON)
                .until(() -> instance(name).path("state").asText().equals("running"));
        return instance(name).path("id").asText();
    }

    private JsonNode instance(String deployment) {
        return api.get("/deployments/" + deployment).json().at("/instances/0");
    }

    void undeploy(String name) {
        api.delete("/deployments/" + name);
        Awaitility.await(name + " is gone")
                .atMost(SOON)
                .until(() -> api.status(name).equals("gone"));
    }

    @Override
    public void close() {
        processes.values().forEach(KnitProcess::close);
    }
}
