package io.knit.bench.placing;

import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.core.server.schedule.fit.Opening;
import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.schedule.fleet.Fleet;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures placing. Arguments, all optional, in this order: rounds (5), nodes (5000), instances (100000), replicas of a deployment (100).
 * A first round warms up and does not count; the middle of the others does.
 */
public final class PlacingBench {
    private static final int THAT_FIT_NOWHERE = 3_000;
    private static final int COMMITS = 200;
    private final PrintStream out;
    private final int rounds;

    private PlacingBench(PrintStream out, int rounds) {
        this.out = out;
        this.rounds = rounds;
    }

    public static void main(String[] words) {
        int[] numbers = {5, 5_000, 100_000, 100};
        for (int i = 0; i < words.length; i++) {
            numbers[i] = Integer.parseInt(words[i]);
        }
        new PlacingBench(System.out, numbers[0]).run(numbers[1], numbers[2], numbers[3]);
    }

    private void run(int nodes, int instances, int replicas) {
        int deployments = instances / replicas;
        double[] once = new double[rounds + 1];
        double[] twice = new double[rounds + 1];
        double[] news = new double[rounds + 1];
        double[] choosy = new double[rounds + 1];
        for (int round = 0; round <= rounds; round++) {
            BenchFleet small = new BenchFleet(nodes, deployments, replicas);
            once[round] = cpu(small::placeAll) / instances;
            news[round] = cpu(small::changedByNews);
            BenchFleet particular = new BenchFleet(nodes, deployments, replicas, true);
            choosy[round] = cpu(particular::placeAll) / instances;
            BenchFleet large = new BenchFleet(2 * nodes, 2 * deployments, replicas);
            twice[round] = cpu(large::placeAll) / (2.0 * instances);
        }
        out.println("| row | unit | measured | goal |\n|---|---|---:|---|");
        row(instances + " onto " + nodes + " nodes", "placements per CPU second", 1e9 / median(once), "≥ 20,000");
        row(
                "the same with constraints, spread, preference and resources",
                "placements per CPU second",
                1e9 / median(choosy),
                "≥ 20,000");
        double[] ratio = new double[rounds + 1];
        Arrays.setAll(ratio, i -> twice[i] / once[i]);
        row("twice as many onto twice as many", "ratio for each placement", median(ratio), "≤ 1.2");
        row("a pass over all without a change", "ms", median(news) / 1e6, "≤ 50");
        waiting();
    }

    private void waiting() {
        BenchFleet fleet = new BenchFleet(1_000, 200, 40);
        fleet.placeAll();
        double[] refused = new double[rounds + 1];
        double[] status = new double[rounds + 1];
        double[] concerned = new double[rounds + 1];
        for (int round = 0; round <= rounds; round++) {
            List<Waiting> waiting = fleet.thatFitNowhere(THAT_FIT_NOWHERE);
            refused[round] = cpu(() -> fleet.thatFitNowhere(THAT_FIT_NOWHERE)) / THAT_FIT_NOWHERE;
            Instance instance = fleet.placed().get(round);
            Node ready = BenchFleet.node(7);
            Node suspect = ready.judged(NodeState.SUSPECT, "no heartbeat for 7 s", List.of(), BenchFleet.NOW);
            status[round] = ofCommits(waiting, () -> Opening.of(instance, instance.because("news"), Fleet.EMPTY));
            concerned[round] = Math.max(
                    ofCommits(waiting, () -> Opening.of(instance, null, Fleet.EMPTY)),
                    ofCommits(waiting, () -> Opening.of(suspect, ready)));
        }
        String who = THAT_FIT_NOWHERE + " that fit nowhere, ";
        row(who + "a status of another", "ms", median(status) / 1e6, "≤ 1");
        row(who + "a port is freed or a node is back", "ms", median(concerned) / 1e6, "≤ 1");
        row(who + "when each is refused first", "ms for each", median(refused) / 1e6, "");
    }

    private static double ofCommits(List<Waiting> waiting, java.util.function.Supplier<Opening> commit) {
        return cpu(() -> {
                    for (int i = 0; i < COMMITS; i++) {
                        if (woken(waiting, commit.get()) > 0) {
                            throw new IllegalStateException("an unrelated commit wakes one that fits nowhere");
                        }
                    }
                })
                / COMMITS;
    }

    /** How many are looked at anew after a change. */
    static int woken(List<Waiting> waiting, Opening opening) {
        if (opening.isNone()) {
            return 0;
        }
        int woken = 0;
        for (Waiting one : waiting) {
            woken += one.wakes(opening) ? 1 : 0;
        }
        return woken;
    }

    /** Nanoseconds of this thread. */
    private static double cpu(Runnable work) {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        work.run();
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    }

    private static double median(double[] measured) {
        double[] counted = Arrays.copyOfRange(measured, 1, measured.length);
        Arrays.sort(counted);
        return counted[counted.length / 2];
    }

    private void row(String name, String unit, double measured, String goal) {
        String format = measured >= 100 ? "%,.0f" : "%.3f";
        out.printf(Locale.ROOT, "| %s | %s | " + format + " | %s |%n", name, unit, measured, goal);
    }
}
