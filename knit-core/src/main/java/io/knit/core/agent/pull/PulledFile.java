package io.knit.core.agent.pull;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.error.KnitException;
import io.knit.core.agent.disk.DurableFile;
import io.knit.core.wire.WireCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps in {@code images.json} which images an agent has fetched. Blocks. */
final class PulledFile {
    private static final Logger LOG = LoggerFactory.getLogger(PulledFile.class);

    private final Path file;

    PulledFile(Path folder) {
        this.file = folder.resolve("images.json");
    }

    /** Nothing if there is nothing, or it can't be read: then no image goes by itself that was fetched before. */
    Map<String, Instant> read() throws IOException {
        if (!Files.exists(file)) {
            return Map.of();
        }
        try {
            Map<String, Instant> images = new TreeMap<>();
            WireCodec.decode(Files.readAllBytes(file), Kept.class)
                    .images()
                    .forEach((image, used) -> images.put(image, Instant.ofEpochMilli(used)));
            return images;
        } catch (KnitException e) {
            LOG.warn("{} can't be read, and is begun anew: {}", file, e.getMessage());
            return Map.of();
        }
    }

    void write(Map<String, Instant> images) throws IOException {
        Map<String, Long> kept = new TreeMap<>();
        images.forEach((image, used) -> kept.put(image, used.toEpochMilli()));
        DurableFile.writeSecret(file, WireCodec.encode(new Kept(kept)));
    }

    /** @param images by name, when each was last known to be used, in milliseconds since 1970 */
    record Kept(@JsonProperty(required = true) Map<String, Long> images) {
        Kept {
            images = new TreeMap<>(images);
        }
    }
}
