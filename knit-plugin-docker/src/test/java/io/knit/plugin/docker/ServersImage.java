package io.knit.plugin.docker;

import io.knit.plugin.docker.engine.EngineAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** An image with servers of Debian's packages, PostgreSQL among them, and a busybox, made of this host's files. */
final class ServersImage implements AutoCloseable {
    private static final List<String> PROGRAMS = List.of(
            "/usr/bin/redis-server",
            "/usr/bin/redis-cli",
            "/usr/sbin/nginx",
            "/usr/sbin/mosquitto",
            "/usr/bin/mosquitto_pub",
            "/usr/bin/mosquitto_sub",
            "/usr/sbin/haproxy",
            "/usr/bin/beanstalkd",
            "/usr/bin/prometheus",
            "/usr/bin/prometheus-node-exporter",
            "/usr/sbin/smtpd",
            "/usr/sbin/smtpctl",
            "/usr/bin/wg",
            "/usr/bin/wireguard-go",
            "/usr/bin/git");

    final String name;

    ServersImage(String name) throws IOException, InterruptedException {
        this.name = name;
        List<String> command = new ArrayList<>(List.of("sh", "-c", script(), "sh", name));
        command.addAll(PROGRAMS);
        run(command);
    }

    private static String script() throws IOException {
        try (var in = ServersImage.class.getResourceAsStream("/servers-image.sh")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What of the packages is missing. */
    static List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (String program : PROGRAMS) {
            if (!Files.exists(Path.of(program))) {
                missing.add(program);
            }
        }
        if (!Files.isDirectory(Path.of("/usr/lib/postgresql"))) {
            missing.add("postgresql");
        }
        return missing;
    }

    /** Has another engine have it, too. */
    void copyTo(EngineAddress other) throws IOException, InterruptedException {
        run(List.of("sh", "-c", "docker save \"$1\" | docker -H \"$2\" load", "sh", name, other.toString()));
    }

    /** Gives what it said. */
    static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IOException(said);
        }
        return said;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run(List.of("docker", "rmi", "--force", name));
    }
}
