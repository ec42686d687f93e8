package io.knit.core.wiring;

import io.knit.core.server.ClusterMark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** The file {@code cluster} in a server's data folder: its first line is the cluster's id. */
public final class ClusterFile implements ClusterMark {
    private static final String EXPLAINED =
            "\nThe cluster that this server serves. Knit compares it with the store at each start, so that an empty store is not taken"
                    + " for a new cluster.\n";

    private final Path file;

    public ClusterFile(Path dataDir) {
        this.file = dataDir.resolve("cluster");
    }

    @Override
    public Optional<String> cluster() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        return Files.readString(file, StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .map(String::strip)
                .filter(word -> !word.isEmpty());
    }

    @Override
    public void keep(String cluster) throws IOException {
        Path fresh = file.resolveSibling("cluster.new");
        Files.createDirectories(fresh.toAbsolutePath().getParent());
        Files.writeString(fresh, cluster + EXPLAINED, StandardCharsets.UTF_8);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
