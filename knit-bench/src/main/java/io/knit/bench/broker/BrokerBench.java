package io.knit.bench.broker;

import io.knit.bench.beside.Comparison;
import io.knit.bench.beside.Median;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures the embedded broker beside nats-server. Arguments, all optional: {@code rounds=5}, {@code scale=1.0} (of the number
 * of messages), {@code only=TEXT;TEXT} (rows whose name holds one of them), {@code agents=10000}, {@code heartbeat=5} (seconds), {@code patience=60} (seconds in which something must arrive),
 * {@code jvm=OPTION,OPTION} for the embedded broker's JVM.
 */
public final class BrokerBench {
    private static final double THROUGHPUT_GOAL = 0.8;
    private static final double LATENCY_GOAL = 1.2;
    private static final double NEIGHBOUR_GOAL = 5;
    private static final int SUBJECTS_PAYLOAD = 16;
    private static final int[] PAYLOADS = {16, 128, 1024, 64 * 1024};
    private static final long BYTES_OF_A_RUN = 400L * 1024 * 1024;
    private static final int MOST_MESSAGES = 1_500_000;
    private static final List<Pattern> PATTERNS = List.of(
            new Pattern("publish only", 1, 0, false),
            new Pattern("1→1", 1, 1, false),
            new Pattern("1→10", 1, 10, false),
            new Pattern("10→10", 10, 10, false),
            new Pattern("queue group of 8", 1, 8, true));
    private static final List<Pattern> SUBJECTS = List.of(
            new Pattern("1→1, 1,000 subjects", 1, 1, false, 1_000, Neighbour.QUIET),
            new Pattern("1→1, 10,000 subjects", 1, 1, false, 10_000, Neighbour.QUIET),
            new Pattern("1→1, 100,000 subjects", 1, 1, false, 100_000, Neighbour.QUIET),
            new Pattern("1→1, 1,000 subjects beside churn", 1, 1, false, 1_000, Neighbour.CHURNS));
    private static final List<PingBeside> PINGS = List.of(
            new PingBeside("PING alone", Neighbour.QUIET),
            new PingBeside("PING beside a publisher at full speed", Neighbour.PUBLISHES),
            new PingBeside("PING beside SUB and UNSUB at full speed", Neighbour.CHURNS));

    private final BenchArguments arguments;
    private final PrintStream out;

    BrokerBench(BenchArguments arguments, PrintStream out) {
        this.arguments = arguments;
        this.out = out;
    }

    public static void main(String[] words) throws Exception {
        new BrokerBench(BenchArguments.parse(words), System.out).run();
    }

    void run() throws Exception {
        out.println(Comparison.head("nats-server", "embedded"));
        try (BenchedBroker peer = BenchedBroker.natsServer(arguments);
                BenchedBroker ours = BenchedBroker.embedded(arguments)) {
            for (Load load : List.of(new RawLoad(), new JnatsLoad())) {
                for (Pattern pattern : PATTERNS) {
                    for (int payload : PAYLOADS) {
                        throughput(load, pattern, payload, peer, ours);
                    }
                }
            }
            for (Pattern pattern : SUBJECTS) {
                throughput(new RawLoad(), pattern, SUBJECTS_PAYLOAD, peer, ours);
            }
            for (RoundTrip roundTrip : List.of(new RawRoundTrip(), new JnatsRoundTrip())) {
                for (int payload : PAYLOADS) {
                    String row = roundTrip.name() + ", request/reply, " + size(payload);
                    latency(row, roundTrip, payload, LATENCY_GOAL, peer, ours);
                }
            }
            for (PingBeside ping : PINGS) {
                latency(ping.name(), ping, 0, NEIGHBOUR_GOAL, peer, ours);
            }
        }
        idle();
    }

    private void throughput(Load load, Pattern pattern, int payload, BenchedBroker peer, BenchedBroker ours)
            throws Exception {
        String row = load.name() + ", " + pattern.name() + ", " + size(payload);
        if (!arguments.wants(row)) {
            return;
        }
        boolean jnats = load instanceof JnatsLoad;
        long most = Math.min(MOST_MESSAGES, BYTES_OF_A_RUN / (payload + 40L)) / Math.max(1, pattern.fanOut());
        int published = (int) Math.max(400, most * arguments.scale() / (jnats ? 2 : 1));
        Comparison comparison = new Comparison(row, "msg/s", THROUGHPUT_GOAL, true);
        for (int round = first(); round < arguments.rounds(); round++) {
            double of = pattern.counted(published) * 1e9;
            double[] both =
                    inTurns(row, round, peer, ours, broker -> of / load.nanos(broker, pattern, payload, published));
            if (round >= 0) {
                comparison.add(both[0], both[1]);
            }
        }
        out.println(comparison.line());
    }

    private void latency(
            String row, RoundTrip roundTrip, int payload, double goal, BenchedBroker peer, BenchedBroker ours)
            throws Exception {
        if (!arguments.wants(row)) {
            return;
        }
        int count = (int) Math.max(200, 10_000 * arguments.scale());
        Comparison half = new Comparison(row + ", p50", "µs", goal, false);
        Comparison worst = new Comparison(row + ", p99", "µs", goal, false);
        for (int round = first(); round < arguments.rounds(); round++) {
            double[] middle = new double[2];
            double[] slow = inTurns(row, round, peer, ours, broker -> {
                double[] micros = micros(roundTrip.nanos(broker, payload, count));
                middle[broker == peer ? 0 : 1] = Median.of(micros);
                return Median.at(micros, 0.99);
            });
            if (round >= 0) {
                half.add(middle[0], middle[1]);
                worst.add(slow[0], slow[1]);
            }
        }
        out.println(half.line());
        out.println(worst.line());
    }

    /** One to warm up, where there are several. */
    private int first() {
        return arguments.rounds() > 1 ? -1 : 0;
    }

    /** Both brokers' figures, nats-server's first; who is measured first alternates. */
    private static double[] inTurns(
            String row, int round, BenchedBroker peer, BenchedBroker ours, Measurement measurement) throws Exception {
        double[] both = new double[2];
        int first = Math.floorMod(round, 2);
        for (int i = 0; i < 2; i++) {
            int broker = (first + i) % 2;
            both[broker] = Attempt.of(row + ", round " + round, broker == 0 ? peer : ours, measurement);
        }
        return both;
    }

    private static double[] micros(long[] nanos) {
        return Arrays.stream(nanos).mapToDouble(each -> each / 1e3).toArray();
    }

    private void idle() throws Exception {
        String row = String.format(Locale.ROOT, "%,d idle agents", arguments.agents());
        if (!arguments.wants(row)) {
            return;
        }
        Comparison memory = new Comparison(row + ", memory of a connection", "KiB", 0.5, false);
        Comparison cpu = new Comparison(row + ", CPU", "% of a core", 1.5, false);
        Comparison word = new Comparison(row + ", until one word reached all", "ms", 1.3, false);
        for (int round = 0; round < Math.max(1, arguments.rounds() / 2); round++) {
            IdleFleet.Cost peers = cost(BenchedBroker.natsServer(arguments));
            IdleFleet.Cost own = cost(BenchedBroker.embedded(arguments));
            memory.add(peers.bytesPerConnection() / 1024, own.bytesPerConnection() / 1024);
            cpu.add(peers.cpu() * 100, own.cpu() * 100);
            word.add(peers.reachedAllNanos() / 1e6, own.reachedAllNanos() / 1e6);
        }
        out.println(memory.line());
        out.println(cpu.line());
        out.println(word.line());
    }

    private IdleFleet.Cost cost(BenchedBroker broker) throws Exception {
        try (broker) {
            int measured = (int) Math.max(arguments.heartbeat(), 20 * arguments.scale());
            return new IdleFleet(arguments.agents(), arguments.heartbeat()).cost(broker, measured);
        }
    }

    private static String size(int payload) {
        return payload < 1024 ? payload + " B" : payload / 1024 + " KiB";
    }
}
