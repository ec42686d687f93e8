package io.knit.core.agent.image;

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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps in {@code images.json} which images an agent has brought. Blocks. */
final class PulledFile {
    private static final Logger LOG = LoggerFactory.getLogger(PulledFile.class);

    private final Path file;

    PulledFile(Path folder) {
        this.file = folder.resolve("images.json");
    }

    /** Nothing if there is nothing, or it can't be read: then no image goes that was brought before. */
    Content read() throws IOException {
        if (!Files.exists(file)) {
            return Content.NOTHING;
        }
        try {
            Kept kept = WireCodec.decode(Files.readAllBytes(file), Kept.class);
            return new Content(times(kept.images()), times(kept.pushed() == null ? Map.of() : kept.pushed()));
        } catch (KnitException e) {
            LOG.warn("{} can't be read, and is begun anew: {}", file, e.getMessage());
            return Content.NOTHING;
        }
    }

    void write(Content brought) throws IOException {
        DurableFile.writeSecret(
                file,
                WireCodec.encode(new Kept(
                        millis(brought.fetched()), brought.pushed().isEmpty() ? null : millis(brought.pushed()))));
    }

    private static Map<String, Instant> times(Map<String, Long> millis) {
        Map<String, Instant> times = new TreeMap<>();
        millis.forEach((image, used) -> times.put(image, Instant.ofEpochMilli(used)));
        return times;
    }

    private static Map<String, Long> millis(Map<String, Instant> times) {
        Map<String, Long> millis = new TreeMap<>();
        times.forEach((image, used) -> millis.put(image, used.toEpochMilli()));
        return millis;
    }

    /**
     * What an agent has brought, each by the name that was asked for, with when it was last known to be used.
     *
     * @param fetched from a registry
     * @param pushed by people, over the server; as engines list them
     */
    record Content(Map<String, Instant> fetched, Map<String, Instant> pushed) {
        static final Content NOTHING = new Content(Map.of(), Map.of());

        Content {
            fetched = Map.copyOf(fetched);
            pushed = Map.copyOf(pushed);
        }
    }

    /**
     * The file.
     *
     * @param images that were fetched, by name, when each was last known to be used, in milliseconds since 1970
     * @param pushed the same of those that were pushed; null: none. A release of before knows none, and what it writes forgets them
     */
    record Kept(
            @JsonProperty(required = true) Map<String, Long> images,
            @Nullable Map<String, Long> pushed) {
        Kept {
            images = new TreeMap<>(images);
            pushed = pushed == null ? null : new TreeMap<>(pushed);
        }
    }
}
