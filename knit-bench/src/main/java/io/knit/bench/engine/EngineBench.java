package io.knit.bench.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.bench.beside.Comparison;
import io.knit.bench.beside.KeptConnection;
import io.knit.bench.beside.KnitProcess;
import io.knit.bench.beside.LocalImage;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One container at a time on the real engine of this machine, by Knit and by hand in turns. Arguments, all optional, in this order: rounds (25),
 * rounds that warm up (10).
 */
public final class EngineBench {
    /** With an init, which hands on the signal that ends it. */
    private static final List<String> COMMAND = List.of("/bin/busybox", "sleep", "1000");

    private final PrintStream out;
    private final int rounds;
    private final int warmUp;

    EngineBench(PrintStream out, int rounds, int warmUp) {
        this.out = out;
        this.rounds = rounds;
        this.warmUp = warmUp;
    }

    public static void main(String[] words) throws IOException, InterruptedException {
        new EngineBench(
                        System.out,
                        words.length > 0 ? Integer.parseInt(words[0]) : 25,
                        words.length > 1 ? Integer.parseInt(words[1]) : 10)
                .run();
    }

    void run() throws IOException, InterruptedException {
        String run = "bench-" + ProcessHandle.current().pid();
        Path folder = Files.createTempDirectory("knit-bench-engine");
        EngineClients clients = new EngineClients(EngineAddress.parse(EngineAddress.DEFAULT));
        DockerClient listening = clients.open();
        DockerClient client = clients.open();
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
            ByHand byHand = new ByHand(client, words, image.name(), COMMAND);
            ByKnit byKnit = new ByKnit(client, words, api, events, image.name(), COMMAND);
            measure(run, byHand, byKnit);
        } finally {
            removeLeftOvers(client, run);
            EngineClients.close(listening);
            EngineClients.close(client);
            try (var left = Files.walk(folder)) {
                left.sorted(java.util.Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            }
        }
    }

    private void measure(String run, ByHand byHand, ByKnit byKnit) throws IOException, InterruptedException {
        Comparison started = new Comparison("POST until the engine says started", "ms", 1.10, false);
        Comparison known = new Comparison("POST until the API shows running", "ms", 1.15, false);
        Comparison again = new Comparison("killed until started again, less the delay", "ms", 1.15, false);
        Comparison removed = new Comparison("DELETE until the engine says destroyed", "ms", 1.25, false);
        for (int round = -warmUp; round < rounds; round++) {
            boolean knitFirst = Math.floorMod(round, 2) == 0;
            String name = run + "-" + (round + warmUp);
            Life own = knitFirst ? byKnit.life(name + "-a") : null;
            Life peer = byHand.life(name + "-b");
            if (own == null) {
                own = byKnit.life(name + "-a");
            }
            if (round >= 0) {
                started.add(peer.started(), own.started());
                known.add(peer.known(), own.known());
                again.add(peer.startedAgain(), own.startedAgain());
                removed.add(peer.removed(), own.removed());
            }
        }
        out.println(Comparison.head("the engine's API", "Knit"));
        for (Comparison row : List.of(started, known, again, removed)) {
            out.println(row.line());
        }
    }

    /** Of a run that went wrong. */
    static void removeLeftOvers(DockerClient client, String run) {
        for (Container container : client.listContainersCmd().withShowAll(true).exec()) {
            String deployment =
                    container.getLabels() == null ? null : container.getLabels().get(KnitLabels.DEPLOYMENT);
            if (deployment != null && deployment.startsWith(run + "-")) {
                client.removeContainerCmd(container.getId())
                        .withForce(true)
                        .withRemoveVolumes(true)
                        .exec();
            }
        }
    }
}
