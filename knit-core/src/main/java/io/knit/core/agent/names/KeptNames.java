package io.knit.core.agent.names;

import io.knit.api.spi.loop.Loop;
import io.knit.core.agent.disk.DurableFile;
import io.knit.core.wire.NamesPage;
import io.knit.core.wire.WireCodec;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the table of names in {@code names.json}: one writing at a time, and not one for each change. Only on the loop. */
public final class KeptNames {
    private static final Logger LOG = LoggerFactory.getLogger(KeptNames.class);
    /** What changes meanwhile is written in one. */
    private static final Duration TOGETHER = Duration.ofSeconds(2);

    private final Loop loop;
    private final Path file;
    private @Nullable Supplier<NamesPage> next;
    private boolean waiting;
    private boolean warned;
    private boolean stopped;

    public KeptNames(Loop loop, Path folder) {
        this.loop = loop;
        this.file = folder.resolve("names.json");
    }

    /** What was kept last of this cluster; null: nothing that can be used. */
    Future<@Nullable NamesPage> read(String cluster) {
        return loop.<@Nullable NamesPage>blocking(() -> {
                    if (!Files.exists(file)) {
                        return null;
                    }
                    NamesPage page = WireCodec.decode(Files.readAllBytes(file), NamesPage.class);
                    return page.cluster().equals(cluster) ? page : null;
                })
                .otherwise(why -> {
                    LOG.warn("{} can't be read, and is begun anew: {}", file, why.getMessage());
                    return null;
                });
    }

    /** Soon. */
    void keep(Supplier<NamesPage> table) {
        next = table;
        if (!waiting && !stopped) {
            waiting = true;
            loop.after(TOGETHER, this::write);
        }
    }

    void stop() {
        stopped = true;
    }

    private void write() {
        Supplier<NamesPage> newest = next;
        next = null;
        if (newest == null || stopped) {
            waiting = false;
            return;
        }
        NamesPage table = newest.get();
        loop.<Void>blocking(() -> {
                    DurableFile.writeSecret(file, WireCodec.encode(table));
                    return null;
                })
                .onComplete(result -> {
                    if (result.failed() && !warned) {
                        LOG.warn("the names can't be kept: {}", result.cause().toString());
                    }
                    warned = result.failed();
                    waiting = false;
                    Supplier<NamesPage> later = next;
                    if (later != null) {
                        keep(later);
                    }
                });
    }
}
