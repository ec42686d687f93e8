package io.knit.core.agent.run;

import io.knit.api.spi.loop.Loop;
import io.knit.core.agent.disk.KeptInstances;
import io.knit.core.agent.remember.Remembered;
import io.knit.core.agent.remember.Silence;
import io.knit.core.agent.run.look.Seen;
import io.knit.core.wire.AssignmentSet;
import io.vertx.core.Future;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps on the disk what of the memories is to outlive the agent, whenever that is another, and has who is to be stopped in a silence stopped once that
 * is kept. Only on the loop.
 */
final class Keeping {
    private final Loop loop;
    private final KeptInstances kept;
    private final Memories memories;
    private final Silence silence;
    private final Seen seen;
    private final Supplier<AssignmentSet> set;
    private @Nullable Remembered remembered;
    private boolean silencing;

    /** @param set the one in force */
    Keeping(Loop loop, KeptInstances kept, Memories memories, Silence silence, Seen seen, Supplier<AssignmentSet> set) {
        this.loop = loop;
        this.kept = kept;
        this.memories = memories;
        this.silence = silence;
        this.seen = seen;
        this.set = set;
    }

    Future<Void> keep() {
        return keep(silence.silenced());
    }

    private Future<Void> keep(Set<String> silenced) {
        Remembered newest = Remembered.of(set.get(), memories.all(), silenced, memories.well(seen.containers()));
        if (newest.equals(remembered)) {
            return Future.succeededFuture();
        }
        remembered = newest;
        // what the disk did not take is tried again at the next look
        return kept.keep(newest.at(loop.elapsed())).onFailure(e -> remembered = null);
    }

    /**
     * Who is to be stopped is so only when it is kept: an agent that was started anew meanwhile must not start it again.
     *
     * @param stopped called when somebody is
     */
    void silence(Runnable stopped) {
        Set<String> due = silence.due(set.get(), loop.elapsed());
        if (due.isEmpty() || silencing) {
            return;
        }
        silencing = true;
        Set<String> all = new TreeSet<>(silence.silenced());
        all.addAll(due);
        keep(all).onComplete(done -> {
            silencing = false;
            // unless a server was heard meanwhile
            silence.stop(silence.due(set.get(), loop.elapsed()));
            keep();
            stopped.run();
        });
    }
}
