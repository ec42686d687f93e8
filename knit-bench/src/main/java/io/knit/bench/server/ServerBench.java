package io.knit.bench.server;

import io.knit.bench.beside.Table;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Measures a whole server; {@link ServerArguments} says what can be told. */
public final class ServerBench {
    private static final int POSTS = 60;

    private final ServerArguments arguments;
    private final Table table;

    ServerBench(ServerArguments arguments, PrintStream out) {
        this.arguments = arguments;
        this.table = new Table(out);
    }

    public static void main(String[] words) throws Exception {
        new ServerBench(ServerArguments.parse(words), new PrintStream(System.out, true, StandardCharsets.UTF_8)).run();
        System.exit(0);
    }

    void run() throws Exception {
        if (arguments.only().contains("fleet")) {
            Path data = Files.createTempDirectory("knit-bench");
            try (ServerProcess server = ServerProcess.start(arguments, data);
                    LightFleet fleet = LightFleet.connect(server.nats(), arguments.agents(), arguments.step());
                    Follower follower = new Follower(server.http())) {
                new FleetRows(arguments, table, server, fleet, follower).run();
            } finally {
                remove(data);
            }
        }
        if (arguments.only().contains("stored")) {
            new StoredRows(arguments, table).run();
        }
    }

    /** Milliseconds of each of some changes of a deployment that has nothing to run. */
    static double[] posts(URI http, String name) {
        Api api = new Api(http);
        double[] millis = new double[POSTS];
        for (int i = 0; i < POSTS; i++) {
            long begun = System.nanoTime();
            api.deploy(name, 0, "", i);
            millis[i] = (System.nanoTime() - begun) / 1e6;
        }
        return Arrays.copyOfRange(millis, POSTS / 6, POSTS);
    }

    static void pause(double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
        }
    }

    static double median(List<Double> values) {
        return Table.median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    static double[] joined(List<double[]> parts) {
        return parts.stream().flatMapToDouble(DoubleStream::of).toArray();
    }

    static void remove(Path folder) throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(all::add);
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
