package io.knit.bench.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A broker in a process of its own, on a free loopback port. */
final class BenchedBroker implements AutoCloseable {
    private static final int TRIES = 200;
    private static final long CLOCK_TICKS = 100; // of /proc/…/stat; 100 a second on every Linux of today

    private final String name;
    private final Process process;
    private final int port;

    private BenchedBroker(String name, Process process, int port) {
        this.name = name;
        this.process = process;
        this.port = port;
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly)); // also of a run that is interrupted
    }

    /** Starts Debian's nats-server with its defaults. */
    static BenchedBroker natsServer() {
        int port = freePort();
        Process process = launch(List.of(natsServerBinary(), "-a", "127.0.0.1", "-p", Integer.toString(port)), false);
        return awaited(new BenchedBroker("nats-server", process, port));
    }

    /** Starts the embedded broker alone in a JVM, with the given JVM options. */
    static BenchedBroker embedded(List<String> jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), EmbeddedBrokerMain.class.getName()));
        Process process = launch(command, true);
        return awaited(new BenchedBroker("embedded", process, readPort(process)));
    }

    private static String natsServerBinary() {
        Path debian = Path.of("/usr/sbin/nats-server");
        return Files.isExecutable(debian) ? debian.toString() : "nats-server";
    }

    private static Process launch(List<String> command, boolean readsOutput) {
        try {
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectOutput(readsOutput ? ProcessBuilder.Redirect.PIPE : ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "can't start " + command.get(0) + "; on Debian: apt-get install nats-server", e);
        }
    }

    private static int readPort(Process process) {
        try {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = lines.readLine();
            return Integer.parseInt(String.valueOf(line).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BenchedBroker awaited(BenchedBroker broker) {
        for (int i = 0; i < TRIES; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port)) {
                if (socket.isConnected()) {
                    return broker;
                }
            } catch (IOException e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
        broker.close();
        throw new IllegalStateException(broker.name + " does not listen on port " + broker.port);
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    String url() {
        return "nats://127.0.0.1:" + port;
    }

    /** Resident memory in bytes, now. */
    long residentBytes() {
        for (String line : proc("status").split("\n")) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IllegalStateException("no VmRSS of process " + process.pid());
    }

    /** Processor time used so far, in seconds. */
    double cpuSeconds() {
        String[] fields = proc("stat").replaceFirst("^.*\\) ", "").split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) CLOCK_TICKS;
    }

    private String proc(String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
