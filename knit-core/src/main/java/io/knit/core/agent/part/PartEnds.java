package io.knit.core.agent.part;

import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Notices, in what the agent sees of its engine anyway, that a container has ended. It asks the engine nothing itself. Only on the loop. */
final class PartEnds {
    /** An engine's list may lag behind a start: what it never showed is missed no sooner. */
    private static final Duration SHOWN = Duration.ofSeconds(5);

    private final Loop loop;
    private final LongSupplier looks;
    private final Set<Wait> waits = new HashSet<>();
    private boolean stopped;

    /** @param looks the number of the newest look that was begun */
    PartEnds(Loop loop, LongSupplier looks) {
        this.loop = loop;
        this.looks = looks;
    }

    /** Begins to look out for the end of a container that is about to be started: a look that was begun before may show an earlier end. */
    Wait of(String container, PartWatch watch) {
        Wait wait = new Wait(container, watch, looks.getAsLong());
        waits.add(wait);
        return wait;
    }

    void seen(long look, List<ContainerSnapshot> containers) {
        List.copyOf(waits).forEach(wait -> wait.seen(look, containers));
    }

    /** Who is not wanted any more is not waited for. */
    void lookWhoIsWanted() {
        List.copyOf(waits).forEach(Wait::lookWhetherWanted);
    }

    void stop() {
        stopped = true;
        lookWhoIsWanted();
    }

    /** How many are looked out for. */
    int waiting() {
        return waits.size();
    }

    boolean isStopped() {
        return stopped;
    }

    enum How {
        ENDED,
        GONE,
        LATE,
        UNWANTED
    }

    /** @param container as it was seen when it had ended; null: it has not, or is not there */
    record End(How how, @Nullable ContainerSnapshot container) {}

    /** One start of one container. */
    final class Wait {
        private final String container;
        private final PartWatch watch;
        private final long before;
        private final Promise<End> end = Promise.promise();
        /** Null: not yet. */
        private @Nullable Duration started;

        private boolean shown;

        private Wait(String container, PartWatch watch, long before) {
            this.container = container;
            this.watch = watch;
            this.before = before;
        }

        /**
         * It is started.
         *
         * @param most how long it may take
         * @param told after how long {@code words} are told, once
         */
        Future<End> end(Duration most, Duration told, String words) {
            Loop.Timer late = loop.after(most, () -> over(How.LATE, null));
            Loop.Timer slow = loop.after(told, () -> watch.lasts(words));
            started = loop.elapsed();
            watch.awaits(true);
            lookWhetherWanted();
            return end.future().onComplete(any -> {
                late.cancel();
                slow.cancel();
                watch.awaits(false);
            });
        }

        /** Nobody asks for its end any more. */
        void drop() {
            waits.remove(this);
        }

        private void lookWhetherWanted() {
            if (stopped || !watch.wanted()) {
                over(How.UNWANTED, null);
            }
        }

        private void seen(long look, List<ContainerSnapshot> containers) {
            if (look <= before) {
                return;
            }
            ContainerSnapshot own = containers.stream()
                    .filter(one -> one.id().equals(container))
                    .findFirst()
                    .orElse(null);
            if (own == null) {
                Duration since = started;
                if (since != null && (shown || loop.elapsed().compareTo(since.plus(SHOWN)) > 0)) {
                    over(How.GONE, null);
                }
                return;
            }
            shown = true;
            if (own.state() == ContainerState.EXITED || own.state() == ContainerState.DEAD) {
                over(How.ENDED, own);
            }
        }

        private void over(How how, @Nullable ContainerSnapshot seen) {
            end.tryComplete(new End(how, seen));
        }
    }
}
