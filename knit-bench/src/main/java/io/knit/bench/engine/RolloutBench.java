package io.knit.bench.engine;

import static io.knit.bench.engine.EngineWords.millis;

import com.github.dockerjava.api.DockerClient;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.bench.beside.Comparison;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Ten containers replaced, and 49 made beside one, on the real engine of this machine, by Knit and by hand in turns. Arguments, all optional, in this order:
 * rounds (5; 0: none of that), rounds that warm up (2), rounds of fifty up and down afterwards (0).
 */
public final class RolloutBench {
    private static final List<String> COMMAND = List.of("/bin/busybox", "httpd", "-f", "-p", "80");
    private static final int REPLACED = 10;
    private static final int SCALED = 50;
    private static final int MIN_HEALTHY_MILLIS = 500;

    private final PrintStream out;
    private final EngineWords words;
    private final KeptConnection api;
    private final EventLines events;
    private final EngineClients engine;
    private final String image;
    private int version;

    private RolloutBench(
            PrintStream out,
            EngineWords words,
            KeptConnection api,
            EventLines events,
            EngineClients engine,
            String image) {
        this.out = out;
        this.words = words;
        this.api = api;
        this.events = events;
        this.engine = engine;
        this.image = image;
    }

    public static void main(String[] given) throws IOException, InterruptedException {
        int[] numbers = {5, 2, 0};
        for (int i = 0; i < given.length; i++) {
            numbers[i] = Integer.parseInt(given[i]);
        }
        String run = "bench-" + ProcessHandle.current().pid();
        Path folder = Files.createTempDirectory("knit-bench-engine");
        EngineClients engine = new EngineClients(EngineAddress.parse(EngineAddress.DEFAULT));
        DockerClient listening = engine.open();
        DockerClient client = engine.open();
        try (LocalImage image = new LocalImage(client, "knit-" + run);
                EngineWords words = EngineWords.of(listening);
                KnitProcess knit = KnitProcess.start(
                        folder,
                        "dev",
                        "--node-id",
                        run,
                        "--wg-mesh-socket",
                        folder.resolve("none").toString());
                KeptConnection api = new KeptConnection(knit.port());
                EventLines events = new EventLines(knit.port())) {
            RolloutBench bench = new RolloutBench(System.out, words, api, events, engine, image.name());
            if (numbers[0] > 0) {
                bench.measure(run, numbers[0], numbers[1]);
            }
            bench.upAndDown(run + "-fifty", numbers[2]);
        } finally {
            EngineBench.removeLeftOvers(client, run);
            EngineClients.close(listening);
            EngineClients.close(client);
            try (var left = Files.walk(folder)) {
                left.sorted(java.util.Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            }
        }
    }

    /** One way to replace. */
    private record Way(String name, JsonObject update, boolean checked, int callers) {}

    private void measure(String run, int rounds, int warmUp) throws IOException, InterruptedException {
        List<Way> ways = List.of(
                new Way("10 replaced one at a time, stop-first", update("stop_first", 1, 0), false, 1),
                new Way("10 replaced all at once, stop-first", update("stop_first", REPLACED, 0), false, REPLACED),
                new Way(
                        "10 replaced one at a time, start-first with a tcp check, less min_healthy",
                        update("start_first", 1, MIN_HEALTHY_MILLIS),
                        true,
                        1));
        out.println(Comparison.head("the engine's API", "Knit"));
        for (Way way : ways) {
            Comparison row = new Comparison(way.name(), "ms", 1.25, false);
            List<Double> told = new ArrayList<>();
            try (ManyByHand hand = new ManyByHand(engine, way.callers(), image, COMMAND)) {
                String name = run + "-" + ways.indexOf(way);
                deploy(name, REPLACED, way.update(), way.checked());
                List<String> old = hand.start(REPLACED, name + "-hand");
                for (int round = -warmUp; round < rounds; round++) {
                    Instant began = Instant.now();
                    old = way.checked() ? hand.startFirst(old, name + "-hand") : hand.stopFirst(old, name + "-hand");
                    double peer = millis(began, Instant.now());
                    double[] own = replaced(name, way);
                    if (round >= 0) {
                        row.add(peer, own[0]);
                        told.add(own[1]);
                    }
                }
                hand.remove(old);
                undeploy(name);
            }
            out.println(row.line());
            double late = Median.of(told.stream().mapToDouble(it -> it).toArray());
            out.printf(
                    Locale.ROOT,
                    "| the same, done until it is told | ms | | %.1f | | ≤ 200 | %s |%n",
                    late,
                    late <= 200 ? "" : "behind");
        }
        out.println(scaled(run + "-scaled", rounds, warmUp).line());
    }

    /** How long it took until the last old one was gone and the last new one ran, and from then until it was told. */
    private double[] replaced(String name, Way way) throws IOException, InterruptedException {
        words.forget();
        Instant wished = Instant.now();
        post(name, REPLACED, way.update(), way.checked());
        events.await("deployment.done", name);
        Instant told = Instant.now();
        Map<String, Instant> last = words.last(2 * REPLACED, Set.of("start", "destroy"), KnitLabels.DEPLOYMENT, name);
        Instant started = Objects.requireNonNull(last.get("start"));
        Instant gone = Objects.requireNonNull(last.get("destroy"));
        Instant fact = started.isAfter(gone) ? started : gone;
        double waits = way.checked() ? (double) REPLACED * MIN_HEALTHY_MILLIS : 0;
        // start-first is done when the last new one was healthy for so long, and the old one is stopped after that
        return new double[] {
            millis(wished, fact) - waits, millis(started, told) - (way.checked() ? MIN_HEALTHY_MILLIS : 0)
        };
    }

    private Comparison scaled(String name, int rounds, int warmUp) throws IOException, InterruptedException {
        Comparison row = new Comparison("1 scaled to 50, the engine driven at 4 at once", "ms", 1.05, false);
        try (ManyByHand hand = new ManyByHand(engine, 4, image, COMMAND)) {
            deploy(name, 1, update("auto", 1, 0), false);
            for (int round = -warmUp; round < rounds; round++) {
                Instant began = Instant.now();
                List<String> made = hand.start(SCALED - 1, name + "-hand");
                double peer = millis(began, Instant.now());
                hand.remove(made);
                words.forget();
                Instant wished = Instant.now();
                scale(name, SCALED);
                Instant last =
                        Objects.requireNonNull(words.last(SCALED - 1, Set.of("start"), KnitLabels.DEPLOYMENT, name)
                                .get("start"));
                if (round >= 0) {
                    row.add(peer, millis(wished, last));
                }
                scale(name, 1);
                words.last(SCALED - 1, Set.of("destroy"), KnitLabels.DEPLOYMENT, name);
            }
            undeploy(name);
        }
        return row;
    }

    /** The engine must go on with it, however often. */
    private void upAndDown(String name, int rounds) throws IOException, InterruptedException {
        if (rounds == 0) {
            return;
        }
        deploy(name, 1, update("auto", 1, 0), false);
        Instant began = Instant.now();
        for (int round = 0; round < rounds; round++) {
            words.forget();
            scale(name, SCALED);
            words.last(SCALED - 1, Set.of("start"), KnitLabels.DEPLOYMENT, name);
            scale(name, 1);
            words.last(SCALED - 1, Set.of("destroy"), KnitLabels.DEPLOYMENT, name);
            out.printf(
                    Locale.ROOT,
                    "%d of %d rounds of %d up and down, %.0f s%n",
                    round + 1,
                    rounds,
                    SCALED,
                    millis(began, Instant.now()) / 1e3);
        }
        // nobody read the events meanwhile, and a server cuts off who does not
        words.forget();
        api.ask("DELETE", "/deployments/" + name, "").expecting(202);
        words.last(1, Set.of("destroy"), KnitLabels.DEPLOYMENT, name);
    }

    private static JsonObject update(String order, int parallel, int minHealthy) {
        return new JsonObject()
                .put("order", order)
                .put("max_parallel", parallel)
                .put("min_healthy", minHealthy == 0 ? "0s" : minHealthy + "ms");
    }

    private void deploy(String name, int replicas, JsonObject update, boolean checked) throws IOException {
        post(name, replicas, update, checked);
        events.await("deployment.done", name);
    }

    private void post(String name, int replicas, JsonObject update, boolean checked) throws IOException {
        JsonObject wish = new JsonObject()
                .put("name", name)
                .put("image", image)
                .put("pull", "missing")
                .put("command", new JsonArray(COMMAND))
                .put("env", new JsonObject().put("VERSION", String.valueOf(version++)))
                .put("replicas", replicas)
                .put("update", update);
        if (checked) {
            wish.put(
                    "health",
                    new JsonObject()
                            .put("tcp", new JsonObject().put("port", 80))
                            .put("interval", "10s"));
        }
        api.ask("POST", "/deployments", wish.encode()).expecting(202);
    }

    private void scale(String name, int replicas) throws IOException {
        api.ask("POST", "/deployments/" + name + "/scale", "{\"replicas\":" + replicas + "}")
                .expecting(202);
    }

    private void undeploy(String name) throws IOException {
        api.ask("DELETE", "/deployments/" + name, "").expecting(202);
        events.await("deployment.deleted", name);
    }
}
