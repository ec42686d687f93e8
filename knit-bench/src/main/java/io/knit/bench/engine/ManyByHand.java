package io.knit.bench.engine;

import com.github.dockerjava.api.DockerClient;
import io.knit.plugin.docker.container.ContainerCreation;
import io.knit.plugin.docker.engine.EngineClients;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Many containers by the engine's API alone, so many at once, each caller with a client of its own. */
final class ManyByHand implements AutoCloseable {
    private static final int GRACE_SECONDS = 10;

    private final ConcurrentLinkedQueue<DockerClient> clients = new ConcurrentLinkedQueue<>();
    private final List<DockerClient> all = new ArrayList<>();
    private final ExecutorService callers;
    private final String image;
    private final List<String> command;
    private final AtomicInteger number = new AtomicInteger();

    ManyByHand(EngineClients engine, int callers, String image, List<String> command) {
        this.callers = Executors.newFixedThreadPool(callers);
        this.image = image;
        this.command = command;
        for (int i = 0; i < callers; i++) {
            all.add(engine.open());
        }
        clients.addAll(all);
    }

    /** One step for each of a list. */
    interface Step {
        String run(DockerClient client, String container) throws IOException, InterruptedException;
    }

    /** Does it for each, as many at once as there are callers. */
    List<String> each(List<String> containers, Step step) throws InterruptedException {
        List<Future<String>> running = new ArrayList<>();
        for (String container : containers) {
            running.add(callers.submit(() -> {
                DockerClient client = clients.remove();
                try {
                    return step.run(client, container);
                } finally {
                    clients.add(client);
                }
            }));
        }
        List<String> results = new ArrayList<>();
        for (Future<String> each : running) {
            try {
                results.add(each.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return results;
    }

    List<String> start(int count, String name) throws InterruptedException {
        return each(java.util.Collections.nCopies(count, ""), (client, none) -> started(client, name));
    }

    void remove(List<String> containers) throws InterruptedException {
        each(containers, ManyByHand::removed);
    }

    List<String> stopFirst(List<String> containers, String name) throws InterruptedException {
        return each(containers, (client, old) -> {
            removed(client, old);
            return started(client, name);
        });
    }

    /** The old one goes once the new one takes connections on port 80. */
    List<String> startFirst(List<String> containers, String name) throws InterruptedException {
        return each(containers, (client, old) -> {
            String next = started(client, name);
            String address = client.inspectContainerCmd(next)
                    .exec()
                    .getNetworkSettings()
                    .getNetworks()
                    .values()
                    .iterator()
                    .next()
                    .getIpAddress();
            while (!takesConnections(address)) {
                Thread.sleep(5);
            }
            removed(client, old);
            return next;
        });
    }

    private static boolean takesConnections(String address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, 80), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private String started(DockerClient client, String name) {
        String one = name + "-" + number.incrementAndGet();
        String id = new ContainerCreation(ByHand.spec(one, image, command), "json-file").run(client);
        client.startContainerCmd(id).exec();
        return id;
    }

    private static String removed(DockerClient client, String container) {
        client.stopContainerCmd(container).withTimeout(GRACE_SECONDS).exec();
        client.removeContainerCmd(container)
                .withForce(true)
                .withRemoveVolumes(true)
                .exec();
        return container;
    }

    @Override
    public void close() {
        callers.shutdownNow();
        all.forEach(EngineClients::close);
    }
}
