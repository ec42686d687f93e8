package io.knit.bench.weight;

import com.github.dockerjava.api.DockerClient;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.bench.beside.Folders;
import io.knit.bench.beside.KeptConnection;
import io.knit.bench.beside.KnitProcess;
import io.knit.bench.beside.LocalImage;
import io.knit.bench.beside.Median;
import io.knit.bench.beside.Table;
import io.knit.bench.server.LightFleet;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Starts Knit over and over, by the script that the system property {@code knit.command} names. Arguments, all optional, in this order: starts of each (10),
 * seconds after which memory is looked at (30), nodes of the server's fleet (100), containers of the agent (10; 0: without an engine, and none).
 */
public final class WeightBench {
    private static final Pattern HTTP = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern NATS = Pattern.compile("nats://[^\\s,]+");
    private static final int STEP_MILLIS = 10;

    private final Table table;
    private final int starts;
    private final int rest;
    private final int nodes;
    private final int containers;

    WeightBench(PrintStream out, int... numbers) {
        this.table = new Table(out);
        this.starts = numbers[0];
        this.rest = numbers[1];
        this.nodes = numbers[2];
        this.containers = numbers[3];
    }

    public static void main(String[] words) throws Exception {
        int[] numbers = {10, 30, 100, 10};
        for (int i = 0; i < words.length; i++) {
            numbers[i] = Integer.parseInt(words[i]);
        }
        new WeightBench(System.out, numbers).run();
    }

    /** A moment of work with what was started. */
    private interface Look {
        double at(Path folder) throws Exception;
    }

    void run() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        table.beside("java -version, for comparison", "s", median(folder -> ended(List.of(java, "-version"))));
        table.atMost(0.25, "knit --version", "s", median(folder -> ended(knit("--version"))));
        try (Folders folders = new Folders();
                Started server = server(folders.add("server"))) {
            server.until("ready:");
            String http = found(HTTP, server.line());
            table.atMost(0.5, "knit status", "s", median(folder -> ended(knit("status", "--server", http))));
            String nats = found(NATS, server.line());
            table.atMost(0.6, "agent has joined, since its start", "s", median(folder -> joined(folder, nats)));
            if (containers > 0) {
                agent(folders.add("agent"), URI.create(http), nats);
            }
        }
        table.atMost(0.8, "server ready, since its start", "s", median(WeightBench::ready));
        fleet();
    }

    private double median(Look look) throws Exception {
        double[] all = new double[starts];
        for (int i = 0; i < starts; i++) {
            try (Folders folders = new Folders()) {
                all[i] = look.at(folders.add("once"));
            }
        }
        return Median.of(all);
    }

    private static List<String> knit(String... words) {
        List<String> command = KnitProcess.command();
        command.addAll(List.of(words));
        return command;
    }

    private static double ended(List<String> command) throws IOException, InterruptedException {
        try (Started process = Started.of(command)) {
            return process.untilItEnds();
        }
    }

    private static Started server(Path data) throws IOException {
        return Started.of(knit(
                "server",
                "start",
                "--http-addr=127.0.0.1:0",
                "--nats-addr=127.0.0.1:0",
                "--wg-mesh-socket=" + data.resolve("none"),
                "--data-dir=" + data));
    }

    private static Started agent(Path data, String nats) throws IOException {
        return Started.of(knit(
                "agent",
                "start",
                "--nats-url=" + nats,
                "--node-id=w" + ProcessHandle.current().pid() + "-" + System.nanoTime() % 1_000_000,
                "--wg-mesh-socket=" + data.resolve("none"),
                "--data-dir=" + data));
    }

    private static double ready(Path data) throws IOException {
        try (Started server = server(data)) {
            return server.until("ready:");
        }
    }

    private static double joined(Path data, String nats) throws IOException {
        try (Started agent = agent(data, nats)) {
            return agent.until(" joined");
        }
    }

    private void agent(Path data, URI http, String nats) throws IOException, InterruptedException {
        EngineClients clients = new EngineClients(EngineAddress.parse(EngineAddress.DEFAULT));
        DockerClient client = clients.open();
        String name = "weight-" + ProcessHandle.current().pid();
        try (LocalImage image = new LocalImage(client, "knit-" + name);
                Started agent = agent(data, nats);
                KeptConnection api = new KeptConnection(http.getPort())) {
            agent.until(" joined");
            table.beside("agent without a container, resident", "MB", agent.residentMegabytes());
            String node = agent.line().replaceAll(".*Node (\\S+) joined.*", "$1");
            api.ask("POST", "/deployments", wish(name, image.name(), node)).expecting(202);
            while (running(api, name) < containers) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
            TimeUnit.SECONDS.sleep(rest);
            table.atMost(80, "agent with " + containers + " containers, resident", "MB", agent.residentMegabytes());
            api.ask("DELETE", "/deployments/" + name, "").expecting(202);
            while (api.ask("GET", "/deployments/" + name, "").status() != 404) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
        } finally {
            client.listContainersCmd()
                    .withShowAll(true)
                    .withLabelFilter(List.of(KnitLabels.DEPLOYMENT + "=" + name))
                    .exec()
                    .forEach(left -> client.removeContainerCmd(left.getId())
                            .withForce(true)
                            .exec());
            EngineClients.close(client);
        }
    }

    private String wish(String name, String image, String node) {
        return new JsonObject()
                .put("name", name)
                .put("image", image)
                .put("pull", "missing")
                .put("replicas", containers)
                .put("node_selector", new JsonObject().put("node.id", node))
                .put("command", new JsonArray(List.of("/bin/busybox", "sleep", "100000")))
                .encode();
    }

    private static int running(KeptConnection api, String name) throws IOException {
        JsonObject shown = new JsonObject(
                api.ask("GET", "/deployments/" + name, "").expecting(200).body());
        return (int) shown.getJsonArray("instances").stream()
                .filter(instance -> "running".equals(((JsonObject) instance).getString("state")))
                .count();
    }

    private void fleet() throws Exception {
        try (Folders folders = new Folders();
                Started server = server(folders.add("server"))) {
            server.until("ready:");
            table.beside("server without a node, resident", "MB", server.residentMegabytes());
            try (LightFleet fleet = LightFleet.connect(URI.create(found(NATS, server.line())), nodes, STEP_MILLIS)) {
                TimeUnit.SECONDS.sleep(rest);
                if (fleet.repeated() > 0) {
                    throw new IllegalStateException("the server does not answer all of its agents");
                }
                table.atMost(140, "server with " + nodes + " nodes, resident", "MB", server.residentMegabytes());
            }
        }
    }

    private static String found(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        if (!matcher.find()) {
            throw new IllegalStateException("not in \"" + line + "\": " + pattern);
        }
        return matcher.group();
    }
}
