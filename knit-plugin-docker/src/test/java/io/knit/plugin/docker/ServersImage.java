package io.knit.plugin.docker;

import io.knit.plugin.docker.engine.EngineAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An image with servers of Debian's packages, PostgreSQL among them, and a busybox, made of this host's files. */
final class ServersImage implements AutoCloseable {
    private static final String SCRIPT = "../scripts/servers-image";

    final String name;

    ServersImage(String name) throws IOException, InterruptedException {
        this.name = name;
        run(List.of(SCRIPT, name));
    }

    /** What of the packages is missing. */
    static List<String> missing() throws IOException, InterruptedException {
        return run(List.of(SCRIPT, "--missing")).lines().toList();
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
