package io.knit.bench.server;

import io.knit.bench.beside.Table;
import java.util.ArrayList;
import java.util.List;

/** What a server with a fleet does: alone, while it rolls out, beside what fits nowhere, and with many instances. */
final class FleetRows {
    private static final double CORE_PERCENT = 100;

    private final ServerArguments arguments;
    private final Table table;
    private final ServerProcess server;
    private final LightFleet fleet;
    private final Follower follower;
    private final Api api;
    private int rollouts;
    private int repeatedFirst;

    FleetRows(ServerArguments arguments, Table table, ServerProcess server, LightFleet fleet, Follower follower) {
        this.arguments = arguments;
        this.table = table;
        this.server = server;
        this.fleet = fleet;
        this.follower = follower;
        this.api = new Api(server.http());
    }

    /** Seconds until all ran, and processor time of the server. */
    private record Rollout(double seconds, double cpu) {}

    void run() throws Exception {
        follower.await("node.ready", "", arguments.agents());
        // what came of all that joined is compiled for a minute: the first row has the end of it, the second the
        // server's own work
        ServerBench.pause(2 * arguments.idle());
        table.atMost(5, "idle before the first deployment", "% of a core", idle());
        ServerBench.pause(arguments.idle());
        table.atMost(5, "idle before the first deployment, a while later", "% of a core", idle());
        rollOut();
        beside();
        large();
        table.atMost(0, "events that a follower missed", "", follower.resets());
        table.atMost(
                0, "messages that agents had to repeat after the first rollout", "", fleet.repeated() - repeatedFirst);
    }

    private double idle() {
        double before = server.cpuSeconds();
        long begun = System.nanoTime();
        ServerBench.pause(arguments.idle());
        return (server.cpuSeconds() - before) / ((System.nanoTime() - begun) / 1e9) * CORE_PERCENT;
    }

    private void rollOut() throws Exception {
        String all = arguments.replicas() + " replicas on " + arguments.agents() + " nodes, ";
        Rollout first = rollout();
        repeatedFirst = fleet.repeated();
        table.beside(all + "the server's first", "starts/s", arguments.replicas() / first.seconds());
        table.beside(all + "the server's first, its CPU", "s", first.cpu());
        try (Neighbour neighbour = new Neighbour(server.http())) {
            if (arguments.warm() > 0) {
                Rollouts warm = rollouts(neighbour, arguments.warm());
                String next = all + "the next " + arguments.warm();
                table.beside(next, "starts/s", ServerBench.median(warm.perSecond()));
                table.beside(next + ", CPU of each", "s", ServerBench.median(warm.cpu()));
                table.beside(next + ", an unrelated request meanwhile, p99", "ms", Table.at(warm.asked(), 0.99));
            }
            Rollouts later = rollouts(neighbour, arguments.rounds());
            table.atLeast(2_500, all + "the later ones", "starts/s", ServerBench.median(later.perSecond()));
            table.beside(all + "the later ones, CPU of each", "s", ServerBench.median(later.cpu()));
            table.beside("an unrelated request meanwhile, p50", "ms", Table.median(later.asked()));
            table.atMost(20, "an unrelated request meanwhile, p99", "ms", Table.at(later.asked(), 0.99));
        }
    }

    /** What some rollouts without a neighbour came to, and how many milliseconds a neighbour waited in as many others. */
    private record Rollouts(List<Double> perSecond, List<Double> cpu, double[] asked) {}

    private Rollouts rollouts(Neighbour neighbour, int times) throws Exception {
        List<Double> perSecond = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        List<double[]> asked = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            Rollout alone = rollout();
            perSecond.add(arguments.replicas() / alone.seconds());
            cpu.add(alone.cpu());
            neighbour.millis();
            neighbour.ask(true);
            rollout();
            neighbour.ask(false);
            asked.add(neighbour.millis());
        }
        return new Rollouts(perSecond, cpu, ServerBench.joined(asked));
    }

    /** From the POST until the API shows all of it as running; then it is taken away. */
    private Rollout rollout() throws Exception {
        String name = "web-" + ++rollouts;
        double cpu = server.cpuSeconds();
        long begun = System.nanoTime();
        deploy(name);
        double seconds = (System.nanoTime() - begun) / 1e9;
        double spent = server.cpuSeconds() - cpu;
        api.undeploy(name);
        follower.await("deployment.deleted", name, 1);
        ServerBench.pause(Math.min(2, arguments.idle()));
        return new Rollout(seconds, spent);
    }

    private void deploy(String name) throws Exception {
        api.deploy(name, arguments.replicas(), "", 1);
        follower.await("instance.running", name, arguments.replicas());
        int running = api.running(name);
        if (running != arguments.replicas()) {
            throw new IllegalStateException(
                    "of " + name + " the API shows " + running + " of " + arguments.replicas() + " as running");
        }
    }

    private void beside() throws Exception {
        table.beside("a POST, alone", "ms", Table.median(ServerBench.posts(server.http(), "beside-none")));
        api.deploy("nowhere", arguments.replicas(), "gpu", 1);
        ServerBench.pause(Math.min(1, arguments.idle()));
        table.atMost(
                10,
                "a POST beside " + arguments.replicas() + " that fit nowhere",
                "ms",
                Table.median(ServerBench.posts(server.http(), "beside-many")));
        api.undeploy("nowhere");
        follower.await("deployment.deleted", "nowhere", 1);
    }

    private void large() throws Exception {
        int deployments = Math.max(1, arguments.large() / arguments.replicas());
        for (int i = 0; i < deployments; i++) {
            deploy("large-" + i);
        }
        String with = deployments * arguments.replicas() + " instances";
        ServerBench.pause(Math.min(5, arguments.idle()));
        table.atMost(5, "idle with " + with, "% of a core", idle());
        table.atMost(arguments.large() > 5_000 ? 400 : 350, "resident with " + with, "MB", server.residentMegabytes());
    }
}
