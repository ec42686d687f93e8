package io.knit.core.agent.disk;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.core.wire.WireCodec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps in {@code instances.json} what is to be remembered of instances: one writing at a time. A disk that takes nothing costs no
 * more than what is remembered. Only on the loop.
 */
public final class KeptInstances {
    private static final Logger LOG = LoggerFactory.getLogger(KeptInstances.class);
    private static final String FILE = "instances.json";

    private final Loop loop;
    private final Path file;
    private @Nullable List<KeptInstance> next;
    private List<Promise<Void>> waiting = new ArrayList<>();
    private boolean writing;
    private boolean warned;

    public KeptInstances(Loop loop, Path folder) {
        this.loop = loop;
        this.file = folder.resolve(FILE);
    }

    /** What was kept last; nothing if there is nothing, or it can't be read. Blocks. */
    public static List<KeptInstance> read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return WireCodec.decode(Files.readAllBytes(file), All.class).instances();
        } catch (KnitException e) {
            LOG.warn("{} can't be read, and is begun anew: {}", file, e.getMessage());
            return List.of();
        }
    }

    /** Fails when it could not be written; of what comes while one is written only the newest is. */
    public Future<Void> keep(List<KeptInstance> instances) {
        Promise<Void> done = Promise.promise();
        waiting.add(done);
        next = List.copyOf(instances);
        if (!writing) {
            write();
        }
        return done.future();
    }

    private void write() {
        List<KeptInstance> all = next;
        if (all == null) {
            return;
        }
        List<Promise<Void>> told = waiting;
        next = null;
        waiting = new ArrayList<>();
        writing = true;
        loop.<Void>blocking(() -> {
                    DurableFile.writeSecret(file, WireCodec.encode(new All(all)));
                    return null;
                })
                .onComplete(result -> {
                    writing = false;
                    if (result.failed() && !warned) {
                        LOG.warn(
                                "what is remembered of instances can't be kept: {}",
                                result.cause().toString());
                    }
                    warned = result.failed();
                    write();
                    told.forEach(each -> each.handle(result));
                });
    }

    /** All of them. */
    record All(@JsonProperty(required = true) List<KeptInstance> instances) {}
}
