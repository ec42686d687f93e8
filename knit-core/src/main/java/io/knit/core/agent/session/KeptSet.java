package io.knit.core.agent.session;

import io.knit.api.spi.loop.Loop;
import io.knit.core.wire.AssignmentSet;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest set on disk. While the disk takes nothing the set is in force all the same, for stopping and removing must go on;
 * what was kept before is then deleted where that is possible, so that no later start runs what was stopped meanwhile, and the newest
 * set is tried again until it is kept. Only on the loop.
 */
final class KeptSet {
    private static final Logger LOG = LoggerFactory.getLogger(KeptSet.class);

    private final Loop loop;
    private final DataDir dataDir;
    private final Duration again;
    private final Consumer<String> trouble;
    private AssignmentSet newest = AssignmentSet.NONE;
    private boolean failing;
    private boolean stopped;

    /** @param trouble told why nothing can be kept, and with an empty text when it can again */
    KeptSet(Loop loop, DataDir dataDir, Duration again, Consumer<String> trouble) {
        this.loop = loop;
        this.dataDir = dataDir;
        this.again = again;
        this.trouble = trouble;
    }

    void stop() {
        stopped = true;
    }

    /** Succeeds when it was tried; whether it is kept is told as trouble. */
    Future<Void> keep(AssignmentSet set) {
        newest = set;
        return save(set);
    }

    private Future<Void> save(AssignmentSet set) {
        return loop.<String>blocking(() -> saved(set)).map(why -> {
            if (why.isEmpty()) {
                well();
            } else {
                failed(why);
            }
            return null;
        });
    }

    private String saved(AssignmentSet set) {
        try {
            dataDir.save(set);
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
        loop.after(again, () -> {
            if (failing && !stopped) {
                save(newest);
            }
        });
    }

    private void well() {
        if (failing) {
            failing = false;
            LOG.info("the data folder can be written again");
            trouble.accept("");
        }
    }
}
