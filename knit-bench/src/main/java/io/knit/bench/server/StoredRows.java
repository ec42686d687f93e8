package io.knit.bench.server;

import io.knit.bench.beside.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** How a server starts with much in its store, beside one with nothing in it. */
final class StoredRows {
    private static final int CLIENTS = 32;

    private final ServerArguments arguments;
    private final Table table;

    StoredRows(ServerArguments arguments, Table table) {
        this.arguments = arguments;
        this.table = table;
    }

    private record Start(double ready, double cpu, double resident) {}

    void run() throws Exception {
        Path none = Files.createTempDirectory("knit-bench");
        Path many = Files.createTempDirectory("knit-bench");
        try {
            fill(many);
            if (arguments.rounds() > 1) { // the machine is warm after these
                start(none, 0);
                start(many, arguments.stored());
            }
            List<Double> without = new ArrayList<>();
            List<Double> ratio = new ArrayList<>();
            List<Double> cpu = new ArrayList<>();
            List<Double> resident = new ArrayList<>();
            for (int i = 0; i < arguments.rounds(); i++) {
                Start empty = start(none, 0);
                Start full = start(many, arguments.stored());
                without.add(empty.ready());
                ratio.add(full.ready() / empty.ready());
                cpu.add(full.cpu() / empty.cpu());
                resident.add(full.resident());
            }
            String with = arguments.stored() + " stored deployments, ";
            table.beside("nothing stored, ready", "s", ServerBench.median(without));
            table.atMost(1.3, with + "ready", "ratio", ServerBench.median(ratio));
            table.beside(with + "CPU until some seconds after that", "ratio", ServerBench.median(cpu));
            table.atMost(220, with + "resident", "MB", ServerBench.median(resident));
        } finally {
            ServerBench.remove(none);
            ServerBench.remove(many);
        }
    }

    private void fill(Path data) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (ServerProcess server = ServerProcess.start(arguments, data)) {
            Api api = new Api(server.http());
            List<Future<?>> posts = new ArrayList<>();
            for (int i = 0; i < arguments.stored(); i++) {
                String name = "app-" + i;
                posts.add(clients.submit(() -> api.deploy(name, 1, "", 1)));
            }
            for (Future<?> post : posts) {
                post.get();
            }
        } finally {
            clients.shutdownNow();
        }
    }

    private Start start(Path data, int stored) {
        try (ServerProcess server = ServerProcess.start(arguments, data)) {
            ServerBench.pause(Math.min(3, arguments.idle()));
            double resident = server.residentMegabytes();
            double cpu = server.cpuSeconds();
            int there = new Api(server.http()).deployments();
            if (there != stored) {
                throw new IllegalStateException("of " + stored + " stored deployments the API shows " + there);
            }
            return new Start(server.readySeconds(), cpu, resident);
        }
    }
}
