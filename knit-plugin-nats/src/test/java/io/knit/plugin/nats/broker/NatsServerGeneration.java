package io.knit.plugin.nats.broker;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which nats-server: they differ where clients see it, and the embedded broker follows the newer. */
public enum NatsServerGeneration {
    /** 2.9, as Debian has it. */
    DEBIAN("2.9.10", "nats-server is not installed (Debian: apt-get install nats-server)"),
    /** 2.15, which {@code scripts/test} builds from source where Go is there. */
    TODAY(
            "2.15.3",
            "there is no nats-server of today: scripts/test builds one into ~/.cache/knit/nats-server where Go is installed;"
                    + " KNIT_NATS_SERVER may name another place");

    private final String version;
    private final String absence;

    NatsServerGeneration(String version, String absence) {
        this.version = version;
        this.absence = absence;
    }

    String version() {
        return version;
    }

    /** Why a test is skipped that needs it. */
    String absence() {
        return absence;
    }

    /** The program, if it is on this machine. */
    Optional<File> binary() {
        return candidates().filter(File::canExecute).findFirst();
    }

    private Stream<File> candidates() {
        if (this == TODAY) {
            String named = System.getenv("KNIT_NATS_SERVER");
            Path usual = Path.of(System.getProperty("user.home"), ".cache", "knit", "nats-server", "nats-server");
            return Stream.of(named == null ? usual.toFile() : new File(named));
        }
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
        return List.of(path.split(File.pathSeparator)).stream().map(folder -> new File(folder, "nats-server"));
    }
}
