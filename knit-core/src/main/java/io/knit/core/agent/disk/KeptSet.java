package io.knit.core.agent.disk;

import io.knit.api.spi.loop.Loop;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.SpecBlob;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest set on disk. While the disk takes nothing the set is in force all the same, for stopping and removing must go on;
 * what was kept before is then deleted where that is possible, so that no later start runs what was stopped meanwhile, and the newest
 * set is tried again until it is kept. Only on the loop.
 */
public final class KeptSet {
    private static final Logger LOG = LoggerFactory.getLogger(KeptSet.class);

    private final Loop loop;
    private final DataDir dataDir;
    private final Duration again;
    private final Consumer<String> trouble;
    private AssignmentSet newest = AssignmentSet.NONE;
    /** Specs that came and may not be on the disk yet. */
    private final Map<String, SpecBlob> fresh = new HashMap<>();

    /** The last save: each begins when that before it is over, for they write one file. */
    private Future<Void> last = Future.succeededFuture();

    private Loop.@Nullable Timer retry;
    private boolean failing;
    private boolean stopped;

    /** @param trouble told why nothing can be kept, and with an empty text when it can again */
    public KeptSet(Loop loop, DataDir dataDir, Duration again, Consumer<String> trouble) {
        this.loop = loop;
        this.dataDir = dataDir;
        this.again = again;
        this.trouble = trouble;
    }

    public void stop() {
        stopped = true;
    }

    /**
     * Succeeds when it was tried; whether it is kept is told as trouble.
     *
     * @param specs that came with it
     */
    public Future<Void> keep(AssignmentSet set, Map<String, SpecBlob> specs) {
        newest = set;
        fresh.putAll(specs);
        Set<String> used = set.assignments().values().stream()
                .map(order -> String.valueOf(order.blob()))
                .collect(Collectors.toSet());
        fresh.keySet().retainAll(used);
        return save(set);
    }

    private Future<Void> save(AssignmentSet set) {
        Future<Void> saved = last.compose(before -> write(set));
        last = saved.otherwiseEmpty();
        return saved;
    }

    private Future<Void> write(AssignmentSet set) {
        Map<String, SpecBlob> given = Map.copyOf(fresh);
        return loop.<String>blocking(() -> saved(set, given)).map(why -> {
            if (why.isEmpty()) {
                fresh.keySet().removeAll(given.keySet());
                well();
            } else {
                failed(why);
            }
            return null;
        });
    }

    private String saved(AssignmentSet set, Map<String, SpecBlob> given) {
        try {
            dataDir.save(set, given);
            return "";
        } catch (IOException e) {
            dataDir.dropAssignments();
            return e.toString();
        }
    }

    private void failed(String why) {
        if (!failing) {
            failing = true;
            LOG.warn(
                    "the data folder can't be written ({}); nothing new is started until it can, stopping and removing go on",
                    why);
        }
        trouble.accept("the agent's data folder can't be written: " + why);
        if (retry == null) {
            retry = loop.after(again, () -> {
                retry = null;
                if (failing && !stopped) {
                    save(newest);
                }
            });
        }
    }

    private void well() {
        if (failing) {
            failing = false;
            LOG.info("the data folder can be written again");
            trouble.accept("");
        }
    }
}
