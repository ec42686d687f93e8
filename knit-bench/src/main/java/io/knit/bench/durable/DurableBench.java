package io.knit.bench.durable;

import io.knit.bench.beside.Clients;
import io.knit.bench.beside.Comparison;
import io.knit.bench.beside.KeptConnection;
import io.knit.bench.beside.KnitProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Deployments that a server accepts durably, over rows of the same size that SQLite alone inserts one by one, on one disk, in turns. Arguments, all
 * optional, in this order: rounds (5), seconds of a turn (2), seconds that each row warms up (10), text that the rows must contain.
 */
public final class DurableBench {
    private static final double ONE_CLIENT = 0.5;
    private static final double MANY_CLIENTS = 1.5;
    private static final int MANY = 64;

    private final PrintStream out;
    private final int rounds;
    private final double turn;
    private final double warmUp;
    private final int thatFitNowhere;
    private final String only;
    private long names;

    DurableBench(PrintStream out, int rounds, double turn, double warmUp, int thatFitNowhere, String only) {
        this.out = out;
        this.rounds = rounds;
        this.turn = turn;
        this.warmUp = warmUp;
        this.thatFitNowhere = thatFitNowhere;
        this.only = only;
    }

    public static void main(String[] words) throws IOException, SQLException {
        new DurableBench(
                        System.out,
                        words.length > 0 ? Integer.parseInt(words[0]) : 5,
                        words.length > 1 ? Double.parseDouble(words[1]) : 2,
                        words.length > 2 ? Double.parseDouble(words[2]) : 10,
                        1_000,
                        words.length > 3 ? words[3] : "")
                .run();
    }

    /** On the disk of the working directory: temporary folders may be memory. */
    void run() throws IOException, SQLException {
        Path folder = Files.createTempDirectory(Path.of("").toAbsolutePath(), "knit-bench-durable");
        try {
            out.println(Comparison.head("SQLite alone", "Knit"));
            beside(folder.resolve("empty"), 0, "");
            beside(folder.resolve("waiting"), thatFitNowhere, ", beside " + thatFitNowhere + " that fit nowhere");
        } finally {
            remove(folder);
        }
    }

    private record Row(String name, int clients, int replicas) {}

    private void beside(Path folder, int waiting, String where) throws IOException, SQLException {
        List<Row> rows = Stream.of(
                        new Row("one client, no replicas" + where, 1, 0),
                        new Row(MANY + " clients, no replicas" + where, MANY, 0),
                        new Row("one client, 2 replicas that wait" + where, 1, 2),
                        new Row(MANY + " clients, 2 replicas that wait" + where, MANY, 2))
                .filter(row -> row.name().contains(only))
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        try (KnitProcess knit = KnitProcess.start(folder, "server", "start");
                KnitProcess bare = bareServer(folder.resolve("bare"));
                SqliteRows peer = new SqliteRows(folder.resolve("peer.db"))) {
            if (waiting > 0) {
                try (KeptConnection connection = new KeptConnection(knit.port())) {
                    connection
                            .ask("POST", "/deployments", body("waiting", waiting))
                            .expecting(202);
                }
            }
            for (Row row : rows) {
                measure(row, knit, bare, peer, folder);
            }
        }
    }

    private static KnitProcess bareServer(Path folder) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return KnitProcess.start(
                folder,
                List.of(
                        java,
                        "-XX:+UseSerialGC",
                        "-cp",
                        KnitProcess.classPath(),
                        BareServer.class.getName(),
                        folder.resolve("bare.db").toString()));
    }

    private void measure(Row row, KnitProcess knit, KnitProcess bare, SqliteRows peer, Path folder)
            throws IOException, SQLException {
        Comparison accepted =
                new Comparison(row.name() + ", accepted", "/s", row.clients() == 1 ? ONE_CLIENT : MANY_CLIENTS, true);
        Comparison floor = Comparison.without(row.name() + ", accepted by a bare server of the same libraries", "/s");
        Comparison cpu = Comparison.without(row.name() + ", CPU of each", "µs");
        // where one asks after the other, a ratio to the disk says nothing of another disk: this is what Knit adds,
        // whatever that takes
        Comparison added = Comparison.without(row.name() + ", the disk's own sync, and what Knit adds to it", "µs");
        try (Clients clients = new Clients(knit.port(), row.clients());
                Clients bareClients = new Clients(bare.port(), row.clients());
                DiskSync disk = new DiskSync(folder.resolve("sync"))) {
            post(clients, knit, row, warmUp);
            post(bareClients, bare, row, warmUp / 2);
            insert(peer, row, warmUp / 4);
            for (int round = 0; round < rounds; round++) {
                Turn own;
                Turn other;
                if (round % 2 == 0) {
                    other = insert(peer, row, turn);
                    own = post(clients, knit, row, turn);
                } else {
                    own = post(clients, knit, row, turn);
                    other = insert(peer, row, turn);
                }
                accepted.add(other.perSecond(), own.perSecond());
                floor.add(post(bareClients, bare, row, turn).perSecond(), own.perSecond());
                cpu.add(other.cpuMicros(), own.cpuMicros());
                double sync = disk.micros();
                added.add(sync, 1e6 / own.perSecond() - sync);
            }
        }
        out.println(accepted.line());
        out.println(floor.line());
        out.println(cpu.line());
        if (row.clients() == 1) {
            out.println(added.line());
        }
    }

    private record Turn(long done, double seconds, double cpuSeconds) {
        double perSecond() {
            return done / seconds;
        }

        double cpuMicros() {
            return cpuSeconds * 1e6 / done;
        }
    }

    private Turn insert(SqliteRows peer, Row row, double seconds) throws SQLException {
        String body = body(name(), row.replicas());
        long cpu = ownCpu();
        long begun = System.nanoTime();
        long done = peer.insert(until(begun, seconds), body);
        return new Turn(done, (System.nanoTime() - begun) / 1e9, (ownCpu() - cpu) / 1e9);
    }

    private static long ownCpu() {
        return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** What was accepted is removed again, so that every turn finds the same. */
    private Turn post(Clients clients, KnitProcess knit, Row row, double seconds) throws IOException {
        long first = names + 1;
        double cpu = knit.cpuSeconds();
        long begun = System.nanoTime();
        long done = clients.run(
                until(begun, seconds),
                202,
                (to, number) -> to.send("POST", "/deployments", body(name(), row.replicas())));
        Turn turn = new Turn(done, (System.nanoTime() - begun) / 1e9, knit.cpuSeconds() - cpu);
        long[] left = {done};
        clients.run(
                () -> left[0]-- > 0,
                202,
                (to, number) -> to.send("DELETE", "/deployments/" + name(first + number), ""));
        return turn;
    }

    private static BooleanSupplier until(long begun, double seconds) {
        long end = begun + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        return () -> System.nanoTime() < end;
    }

    private String name() {
        return name(++names);
    }

    private static String name(long number) {
        return "bench-" + number;
    }

    private static String body(String name, int replicas) {
        return String.format(Locale.ROOT, """
                {"name": "%s", "image": "registry.example/team/web:1.27", "replicas": %d, "env": {"MODE": "production", "LEVEL": "info"}, \
                "node_selector": {"region": "nowhere"}, "ports": [{"host_port": 0, "container_port": 8080}]}""", name, replicas);
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
