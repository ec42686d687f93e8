package io.knit.testkit.sim.mesh;

import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.sim.host.SimulatedHost;
import io.knit.testkit.sim.host.SimulatedNetwork;
import io.knit.testkit.sim.host.SimulatedServer;
import io.knit.testkit.sim.host.Trace;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What has a node's two witnesses agree or not: an agent that is dead or unheard on a host that lives, a host that only the mesh does not hear of, one that is dead,
 * a mesh's daemon that is away, slow or started anew, and a clock that is set meanwhile. With randomness of its own, so that other seeds play on as they did.
 */
public final class MeshTroubles {
    private static final int MOST = 8;
    private static final int SHORTEST_SECONDS = 5;
    private static final int MIDDLE_SECONDS = 30;
    private static final int LONGEST_SECONDS = 150;
    private static final int JUDGED_MILLIS = 12_000;
    private static final int MOST_CLOCK_MINUTES = 180;
    private static final Duration SLOW = Duration.ofSeconds(8);

    private final EventQueue queue;
    private final RandomGenerator random;
    private final SimulatedMesh mesh;
    private final List<SimulatedHost> hosts;
    private final SimulatedServer server;
    private final SimulatedNetwork network;
    private final Trace trace;
    private final boolean clocks;
    private boolean over;

    /** @param clocks whether the clock of the server's host may be set, too */
    public MeshTroubles(
            EventQueue queue,
            RandomGenerator random,
            SimulatedMesh mesh,
            List<SimulatedHost> hosts,
            SimulatedServer server,
            SimulatedNetwork network,
            Trace trace,
            boolean clocks) {
        this.queue = queue;
        this.random = random;
        this.mesh = mesh;
        this.hosts = hosts;
        this.server = server;
        this.network = network;
        this.trace = trace;
        this.clocks = clocks;
    }

    /** Plans them over this time. */
    public void plan(Duration length) {
        int count = 1 + random.nextInt(MOST);
        for (int i = 0; i < count; i++) {
            queue.after(Duration.ofNanos(random.nextLong(length.toNanos())), this::trouble);
        }
    }

    /** Ends them all. */
    public void end() {
        over = true;
        mesh.calm();
    }

    private void trouble() {
        if (over) {
            return;
        }
        SimulatedHost host = hosts.get(random.nextInt(hosts.size()));
        String name = host.name();
        switch (random.nextInt(clocks ? 13 : 12)) {
            case 0, 1 -> forAWhile(name + "'s agent is dead", host::kill, host::start);
            case 2, 3 ->
                forAWhile(
                        name + " is unheard by the server",
                        () -> network.silence(name, true, false),
                        () -> network.hear(name));
            case 4 -> forAWhile("the mesh loses " + name, () -> mesh.lose(name), () -> mesh.hearAgain(name));
            case 5, 6 ->
                forAWhile(
                        name + " is out of reach, on the mesh as well",
                        () -> {
                            network.silence(name, true, true);
                            mesh.lose(name);
                        },
                        () -> {
                            network.hear(name);
                            mesh.hearAgain(name);
                        });
            case 7, 8 -> forAWhile("the host " + name + " is dead", () -> die(host), () -> rise(host));
            case 9 -> forAWhile("the mesh's daemon is away", () -> mesh.setAway(true), () -> mesh.setAway(false));
            case 10 -> forAWhile("the mesh's daemon is slow", () -> mesh.setSlowest(SLOW), mesh::hasten);
            case 11 -> startAnew();
            default -> server.setClock(Duration.ofMinutes(random.nextInt(-MOST_CLOCK_MINUTES, MOST_CLOCK_MINUTES + 1)));
        }
    }

    private void startAnew() {
        if (over) {
            return;
        }
        boolean anew = random.nextBoolean();
        trace.add("chaos", "the mesh's daemon is started anew, and " + (anew ? "knows nobody" : "goes back"));
        if (anew) {
            mesh.forget();
        } else {
            mesh.goBack();
        }
    }

    private void die(SimulatedHost host) {
        if (random.nextInt(3) == 0) {
            // while somebody asks whether it lives
            queue.after(Duration.ofMillis(random.nextInt(JUDGED_MILLIS)), this::startAnew);
        }
        host.kill();
        host.engine().kill();
        mesh.lose(host.name());
    }

    private void rise(SimulatedHost host) {
        if (!host.engine().up()) {
            host.engine().start();
        }
        mesh.hearAgain(host.name());
        host.start();
    }

    private void forAWhile(String what, Runnable begin, Runnable end) {
        trace.add("chaos", what);
        begin.run();
        Duration time = Duration.ofSeconds(
                random.nextBoolean()
                        ? random.nextInt(SHORTEST_SECONDS, MIDDLE_SECONDS)
                        : random.nextInt(MIDDLE_SECONDS, LONGEST_SECONDS));
        queue.after(time, () -> {
            trace.add("chaos", "no longer: " + what);
            end.run();
        });
    }
}
