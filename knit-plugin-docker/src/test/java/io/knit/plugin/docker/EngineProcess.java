package io.knit.plugin.docker;

import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;

/**
 * An engine of the test's own, which it may kill: own socket, data and runtime folders, and a network namespace of its own, for an
 * engine that is told to have no bridge removes {@code docker0}, whosever it is. Needs root.
 */
final class EngineProcess implements AutoCloseable {

    private static final Path UNSHARE = Path.of("/usr/bin/unshare");

    private final Path dir;
    private Process process;

    EngineProcess(Path dir) throws IOException {
        this.dir = dir;
        this.process = launch();
    }

    /** Whether this machine and user can run one. */
    static boolean possible() {
        return Files.isExecutable(UNSHARE) && binary().isPresent() && "root".equals(System.getProperty("user.name"));
    }

    private static Optional<Path> binary() {
        return Stream.of("/usr/sbin/dockerd", "/usr/bin/dockerd")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    EngineAddress address() {
        return EngineAddress.parse("unix://" + dir.resolve("docker.sock"));
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Stops it from running without ending it: it takes calls and never answers. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
        // its threads stop one after the other, and one that runs at the time may answer still
        Path tasks = Path.of("/proc", String.valueOf(process.pid()), "task");
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            try (Stream<Path> all = Files.list(tasks)) {
                return all.allMatch(EngineProcess::isStopped);
            }
        });
    }

    private static boolean isStopped(Path task) {
        try {
            String stat = Files.readString(task.resolve("stat"));
            // behind the command's name, which may be anything in brackets
            return stat.startsWith("T", stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            // this thread has ended
            return true;
        }
    }

    void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    void start() throws IOException {
        process = launch();
    }

    /** Ends it in the orderly way, which ends its containers too, and clears away what a killed engine leaves. */
    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            kill();
        }
        for (ProcessHandle left :
                ProcessHandle.allProcesses().filter(this::isOurs).toList()) {
            left.descendants().forEach(ProcessHandle::destroyForcibly);
            left.destroyForcibly();
        }
        for (String mount : mounts()) {
            new ProcessBuilder("umount", mount).inheritIO().start().waitFor();
        }
    }

    /** Its container runtime and shims name its folders in their command lines. */
    private boolean isOurs(ProcessHandle candidate) {
        return candidate
                .info()
                .commandLine()
                .filter(line -> line.contains(dir.toString()))
                .isPresent();
    }

    /** Mount points below its folder, the innermost first. */
    private List<String> mounts() throws IOException {
        return Files.readAllLines(Path.of("/proc/mounts")).stream()
                .map(line -> line.split(" ")[1])
                .filter(mount -> mount.startsWith(dir + "/"))
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    private Process launch() throws IOException {
        // where nobody reaps the dead, a killed engine's pid still stands for something, and its successor would wait
        // for it
        Files.deleteIfExists(dir.resolve("docker.pid"));
        Files.deleteIfExists(dir.resolve("exec/containerd/containerd.pid"));
        Process started = new ProcessBuilder(
                        UNSHARE.toString(),
                        "--net",
                        binary().orElseThrow().toString(),
                        "--host=unix://" + dir.resolve("docker.sock"),
                        "--data-root=" + dir.resolve("data"),
                        "--exec-root=" + dir.resolve("exec"),
                        "--pidfile=" + dir.resolve("docker.pid"),
                        "--bridge=none",
                        "--iptables=false",
                        "--ip-masq=false")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        dir.resolve("dockerd.log").toFile()))
                .start();
        EngineClients clients = new EngineClients(address());
        Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            if (!started.isAlive()) {
                Assertions.fail(Files.readString(dir.resolve("dockerd.log")));
            }
            var client = clients.open();
            try {
                client.pingCmd().exec();
                return true;
            } finally {
                EngineClients.close(client);
            }
        });
        return started;
    }
}
