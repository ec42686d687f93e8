package io.knit.bench.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A broker in a process of its own, on a free loopback port. */
final class BenchedBroker implements AutoCloseable {
    private static final int TRIES = 200;
    private static final Pattern LISTENING = Pattern.compile("Listening for client connections on 127.0.0.1:(\\d+)");
    private static final long CLOCK_TICKS = 100; // of /proc/…/stat; 100 a second on every Linux of today

    private final String name;
    private final Process process;
    private final Path errors;
    private final int port;
    private final long patienceNanos;
    private int subjects;

    private BenchedBroker(String name, Launched launched, int port, long patienceSeconds) {
        this.name = name;
        this.process = launched.process;
        this.errors = launched.errors;
        this.port = port;
        this.patienceNanos = TimeUnit.SECONDS.toNanos(patienceSeconds);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly)); // also of a run that is interrupted
    }

    /** Starts Debian's nats-server with its defaults. */
    static BenchedBroker natsServer(BenchArguments arguments) {
        Launched launched = launch(List.of(natsServerBinary(), "-a", "127.0.0.1", "-p", "-1"), false);
        return awaited(new BenchedBroker("nats-server", launched, portOf(launched.errors), arguments.patience()));
    }

    /** Starts the embedded broker alone in a JVM. */
    static BenchedBroker embedded(BenchArguments arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments.jvmOptions());
        // the launcher's, which is on the class path for the server's rows, says more
        command.add("-Dlogback.configurationFile=bench-logback.xml");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), EmbeddedBrokerMain.class.getName()));
        Launched launched = launch(command, true);
        return awaited(new BenchedBroker("embedded", launched, readPort(launched), arguments.patience()));
    }

    private static String natsServerBinary() {
        Path debian = Path.of("/usr/sbin/nats-server");
        return Files.isExecutable(debian) ? debian.toString() : "nats-server";
    }

    private record Launched(Process process, Path errors) {}

    private static Launched launch(List<String> command, boolean readsOutput) {
        try {
            Path errors = Files.createTempFile("knit-bench", ".log");
            errors.toFile().deleteOnExit();
            Process process = new ProcessBuilder(command)
                    .redirectError(errors.toFile())
                    .redirectOutput(readsOutput ? ProcessBuilder.Redirect.PIPE : ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new Launched(process, errors);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "can't start " + command.get(0) + "; on Debian: apt-get install nats-server", e);
        }
    }

    private static int readPort(Launched launched) {
        try {
            BufferedReader lines = new BufferedReader(
                    new InputStreamReader(launched.process.getInputStream(), StandardCharsets.UTF_8));
            String line = lines.readLine();
            if (line == null) {
                throw new IllegalStateException("the embedded broker ended: " + read(launched.errors));
            }
            return Integer.parseInt(line.strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port that nats-server took: one that is looked for beforehand may be another program's when it starts. */
    private static int portOf(Path log) {
        for (int i = 0; i < TRIES; i++) {
            Matcher listening = LISTENING.matcher(read(log));
            if (listening.find()) {
                return Integer.parseInt(listening.group(1));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        throw new IllegalStateException("nats-server does not listen: " + read(log));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
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

    /**
     * A subject that no run before had. A broker learns of the closed connections of the run before when it reads their end, which may be sent
     * only after {@code close} has returned, and until then a member of a queue group that is gone gets messages that then nobody counts (ADR 104).
     */
    synchronized String freshSubject() {
        return String.format(Locale.ROOT, "bench.load.%06d", ++subjects);
    }

    /** How long nothing may arrive before a run is given up. */
    long patienceNanos() {
        return patienceNanos;
    }

    /**
     * What the broker says of itself: what it logged, what it counted, what its threads do. nats-server tells the last only when it
     * ends, so a run that asks is over.
     */
    String says() {
        try {
            if ("embedded".equals(name)) {
                process.getOutputStream().write('\n');
                process.getOutputStream().flush();
            } else {
                new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid())).start();
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            String said = "";
            for (String before = null; System.nanoTime() < end && !(said.equals(before) && !said.isEmpty()); ) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
                before = said;
                said = Files.readString(errors);
            }
            return (process.isAlive() ? "" : "(it has ended)\n") + said;
        } catch (IOException e) {
            return "it can't be asked: " + e + '\n';
        }
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
        return read(Path.of("/proc", Long.toString(process.pid()), file));
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
