package io.knit.launcher.fleet;

import io.knit.testkit.discovery.FakeWgMeshDaemon;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What runs on a fleet's hosts: a server on host 0, and on each of the others an agent beside a wg-mesh daemon; processes of their own, as users start them. */
final class FleetProcesses implements AutoCloseable {
    private static final String URL = "http://10.54.0.1:8080";
    private static final List<String> SERVER =
            List.of("bin/knit-server", "start", "--http-addr", "10.54.0.1:8080", "--nats-addr", "10.54.0.1:4222");
    private static final List<String> AGENT = List.of("bin/knit-agent", "start", "--nats-url", "nats://10.54.0.1:4222");

    private static final List<Path> MEMORIES = List.of(Path.of("/run"), Path.of("/dev/shm"));

    private final Fleet fleet;
    private final Path folder;
    private final Map<Integer, FakeWgMeshDaemon> meshes = new TreeMap<>();
    private final Map<Integer, KnitProcess> agents = new TreeMap<>();
    private @Nullable KnitProcess server;

    /**
     * On a fleet that is closed with them.
     *
     * @param folder for all that they keep
     */
    FleetProcesses(Fleet fleet, Path folder) {
        this.fleet = fleet;
        this.folder = folder;
    }

    Api api() {
        return new Api(fleet, URL);
    }

    /** An agent's data folder. */
    Path data(int host) {
        return folder.resolve("agent-" + host);
    }

    /** Where an agent may have its secrets: folders in this machine's memory that are this one's alone. */
    List<Path> memory(int host) {
        UUID name = UUID.nameUUIDFromBytes(data(host).toString().getBytes(StandardCharsets.UTF_8));
        return MEMORIES.stream().map(it -> it.resolve("knit-" + name)).toList();
    }

    /** A host's wg-mesh daemon, which is there from the first call on. */
    FakeWgMeshDaemon mesh(int host) throws IOException {
        FakeWgMeshDaemon mesh = meshes.get(host);
        if (mesh == null) {
            mesh = FakeWgMeshDaemon.start(socket(host), Fleet.address(host), "key-of-host-" + host);
            meshes.put(host, mesh);
        }
        return mesh;
    }

    private Path socket(int host) {
        return folder.resolve("wgmesh-" + host + ".sock");
    }

    /** Starts the server, by these words or, if there are none, the usual ones; it asks its host's wg-mesh daemon if there is one. */
    KnitProcess startServer(String... words) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("KNIT_DATA_DIR", folder.resolve("server").toString());
        if (meshes.containsKey(0)) {
            environment.put("KNIT_WG_MESH_SOCKET", socket(0).toString());
        }
        String[] line = words.length == 0 ? SERVER.toArray(String[]::new) : words;
        KnitProcess made = new KnitProcess("server", folder, fleet.on(0), environment, line);
        server = made;
        return made.start();
    }

    /** The usual words for an agent, and more. */
    static String[] usual(String... more) {
        List<String> words = new ArrayList<>(AGENT);
        words.addAll(Arrays.asList(more));
        return words.toArray(String[]::new);
    }

    /** A host's agent {@code host-N}, to be started. */
    KnitProcess agent(int host, String... words) throws IOException {
        return agent(host, List.of(), words);
    }

    /** @param before words that run what stands behind them */
    KnitProcess agent(int host, List<String> before, String... words) throws IOException {
        mesh(host);
        List<String> prefix = new ArrayList<>(fleet.on(host));
        prefix.addAll(before);
        KnitProcess agent = new KnitProcess(
                "host-" + host,
                folder,
                prefix,
                Map.of(
                        "KNIT_DATA_DIR", data(host).toString(),
                        "KNIT_NODE_ID", "host-" + host,
                        "KNIT_DOCKER_HOST", fleet.dockerHost(host),
                        "KNIT_WG_MESH_SOCKET", socket(host).toString()),
                words);
        agents.put(host, agent);
        return agent;
    }

    /** That of a host for which there is one. */
    KnitProcess agentOf(int host) {
        return Objects.requireNonNull(agents.get(host));
    }

    @Override
    public void close() throws IOException {
        agents.values().forEach(KnitProcess::close);
        for (FakeWgMeshDaemon mesh : meshes.values()) {
            mesh.close();
        }
        if (server != null) {
            server.close();
        }
        fleet.close();
        List<String> remove = new ArrayList<>(List.of("rm", "-rf"));
        agents.keySet().forEach(host -> memory(host).forEach(it -> remove.add(it.toString())));
        Shell.run(Map.of(), remove).orFail();
    }
}
