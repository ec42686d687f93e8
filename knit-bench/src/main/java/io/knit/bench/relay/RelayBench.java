package io.knit.bench.relay;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.bench.beside.KeptConnection;
import io.knit.bench.beside.KnitProcess;
import io.knit.bench.beside.LocalImage;
import io.knit.bench.beside.Median;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What a relayed port costs, beside the same containers at their own address and by a port that the engine publishes, in turns. Arguments, all optional, in this order: rounds (7), rounds
 * that warm up (2), megabytes that a connection carries (512), messages of a round (5,000).
 */
public final class RelayBench {
    private static final int POURS = 81;
    private static final int ECHOES = 82;
    /** A round takes the new connections for so many messages less. */
    private static final int PER_CONNECTION = 5;

    private final PrintStream out;
    private final int rounds;
    private final int warmUp;
    private final int messages;

    /** What was measured of one way, a value a round. */
    private static final class Column {
        private final List<double[]> values = new ArrayList<>();

        double at(int row) {
            return Median.of(values.stream().mapToDouble(round -> round[row]).toArray());
        }
    }

    private RelayBench(PrintStream out, int rounds, int warmUp, int messages) {
        this.out = out;
        this.rounds = rounds;
        this.warmUp = warmUp;
        this.messages = messages;
    }

    public static void main(String[] given) throws IOException, InterruptedException {
        int[] numbers = {7, 2, 512, 5_000};
        for (int i = 0; i < given.length; i++) {
            numbers[i] = Integer.parseInt(given[i]);
        }
        String run = "bench-" + ProcessHandle.current().pid();
        Path folder = Files.createTempDirectory("knit-bench-relay");
        DockerClient client = new EngineClients(EngineAddress.parse(EngineAddress.DEFAULT)).open();
        try (LocalImage image = new LocalImage(client, "knit-" + run);
                KnitProcess knit = KnitProcess.start(
                        folder,
                        "dev",
                        "--node-id",
                        run,
                        "--wg-mesh-socket",
                        folder.resolve("none").toString());
                KeptConnection api = new KeptConnection(knit.port())) {
            String pours = "exec /bin/busybox nc -ll -p " + POURS + " -e /bin/busybox dd if=/dev/zero bs=64k count="
                    + numbers[2] * 16;
            String echoes = "/bin/busybox nc -ll -p " + ECHOES + " -e /bin/busybox cat & " + pours;
            Map<String, Reached> ways = new LinkedHashMap<>();
            for (boolean relay : new boolean[] {false, true}) {
                String name = run + (relay ? "-relayed" : "-published");
                int[] ports = freePorts();
                api.ask(
                                "POST",
                                "/deployments?wait=60s",
                                spec(name, image.name(), echoes, ports, relay).encode())
                        .expecting(200);
                if (!relay) {
                    String own = address(client, name);
                    ways.put("the container itself", new Reached(at(own, POURS), at(own, ECHOES)));
                }
                ways.put(
                        relay ? "relayed" : "published by the engine",
                        new Reached(at("127.0.0.1", ports[0]), at("127.0.0.1", ports[1])));
            }
            new RelayBench(System.out, numbers[0], numbers[1], numbers[3]).run(ways);
            // the first one was idle for longer than a server keeps it
            try (KeptConnection after = new KeptConnection(knit.port())) {
                for (String end : List.of("-published", "-relayed")) {
                    after.ask("DELETE", "/deployments/" + run + end + "?wait=60s", "")
                            .expecting(204);
                }
            }
        } finally {
            removeLeftOvers(client, run);
            EngineClients.close(client);
            try (var left = Files.walk(folder)) {
                left.sorted(Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            }
        }
    }

    private static JsonObject spec(String name, String image, String script, int[] ports, boolean relay) {
        JsonArray published = new JsonArray();
        for (int i = 0; i < ports.length; i++) {
            published.add(new JsonObject()
                    .put("host_ip", "127.0.0.1")
                    .put("host_port", ports[i])
                    .put("container_port", i == 0 ? POURS : ECHOES)
                    .put("relay", relay));
        }
        return new JsonObject()
                .put("name", name)
                .put("image", image)
                .put("pull", "missing")
                .put("command", new JsonArray(List.of("/bin/busybox", "sh", "-c", script)))
                .put("ports", published)
                .put("health", new JsonObject().put("tcp", new JsonObject().put("port", POURS)));
    }

    private static int[] freePorts() throws IOException {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new int[] {one.getLocalPort(), other.getLocalPort()};
        }
    }

    private static InetSocketAddress at(String ip, int port) {
        return new InetSocketAddress(ip, port);
    }

    private static String address(DockerClient client, String deployment) {
        Container container = client.listContainersCmd()
                .withLabelFilter(Map.of(KnitLabels.DEPLOYMENT, deployment))
                .exec()
                .get(0);
        var networks = client.inspectContainerCmd(container.getId())
                .exec()
                .getNetworkSettings()
                .getNetworks();
        return Objects.requireNonNull(networks.get("bridge"), "it is not on the bridge")
                .getIpAddress();
    }

    private static void removeLeftOvers(DockerClient client, String run) {
        client.listContainersCmd().withShowAll(true).exec().stream()
                .filter(it -> String.valueOf(it.getLabels().get(KnitLabels.DEPLOYMENT))
                        .startsWith(run))
                .forEach(it ->
                        client.removeContainerCmd(it.getId()).withForce(true).exec());
    }

    private void run(Map<String, Reached> ways) throws IOException, InterruptedException {
        Map<String, Column> columns = new LinkedHashMap<>();
        for (int round = -warmUp; round < rounds; round++) {
            for (Map.Entry<String, Reached> way : ways.entrySet()) {
                Reached reached = way.getValue();
                double[] trips = reached.roundTrips(messages);
                double[] connections = reached.connections(messages / PER_CONNECTION);
                double[] measured = {
                    reached.throughput(1),
                    reached.throughput(4),
                    Median.of(trips),
                    Median.at(trips, 0.99),
                    Median.of(connections),
                    Median.at(connections, 0.99)
                };
                if (round >= 0) {
                    columns.computeIfAbsent(way.getKey(), none -> new Column())
                            .values
                            .add(measured);
                }
            }
        }
        List<String> names = List.of(
                "one connection, MB/s",
                "four connections, MB/s",
                "a message and back, ms, median",
                "a message and back, ms, p99",
                "a new connection and a message, ms, median",
                "a new connection and a message, ms, p99");
        out.println("| row | " + String.join(" | ", columns.keySet()) + " |");
        out.println("|---|" + "---:|".repeat(columns.size()));
        for (int row = 0; row < names.size(); row++) {
            StringBuilder line = new StringBuilder("| " + names.get(row) + " |");
            for (Column column : columns.values()) {
                line.append(String.format(Locale.ROOT, row < 2 ? " %,.0f |" : " %.3f |", column.at(row)));
            }
            out.println(line);
        }
    }
}
