package io.knit.core.agent.volume;

import io.knit.api.spi.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is being put in the place of volumes: each comes to its end, whoever goes away. What is restored is finished, for what was there before is gone; what moves is tried once and then undone, for all of
 * it is where it comes from; what is put into a volume that is to go is undone. Until then the volume is held. On the loop of streams.
 */
final class ComingVolumes {
    private static final Logger LOG = LoggerFactory.getLogger(ComingVolumes.class);
    private static final Duration AGAIN = Duration.ofSeconds(10);
    private static final int MOST_DOUBLINGS = 5;

    private final Loop loop;
    private final HeldVolumes held;
    /** By the engine's names of what they replace. */
    private final Map<String, VolumePut> puts = new HashMap<>();

    private final Map<VolumePut, Integer> failures = new HashMap<>();
    private boolean stopped;

    ComingVolumes(Loop loop, HeldVolumes held) {
        this.loop = loop;
        this.held = held;
    }

    void stop() {
        stopped = true;
    }

    /** Whether its volume was free, and is held for it now. */
    boolean hold(VolumePut put) {
        boolean free = held.hold(put.target());
        if (free) {
            puts.put(put.target(), put);
        }
        return free;
    }

    /** Nothing of it is on the engine but what is in its place. */
    void release(VolumePut put) {
        failures.remove(put);
        puts.remove(put.target());
        held.ended();
        held.release(put.target());
    }

    /** The volume is to go. */
    void abandon(String volume) {
        VolumePut put = puts.get(volume);
        if (put != null) {
            put.abandon();
        }
    }

    /** @param untouched whether what was there before is there still, as where something has the volume: nothing is made with it until this is over */
    void resume(VolumePut put, boolean untouched) {
        if (hold(put)) {
            LOG.info("the agent ended while it put something in the place of the volume {}", put.target());
            put.use();
            // what that agent asked of the engine last is done by then, or never
            loop.after(AGAIN, () -> {
                if (untouched) {
                    giveUp(put);
                } else {
                    finish(put);
                }
            });
        }
    }

    private void finish(VolumePut put) {
        if (stopped) {
            return;
        }
        if (put.abandoned().isComplete()) {
            undo(put);
            return;
        }
        put.requireRoom().compose(room -> put.copy()).onComplete(done -> {
            if (done.succeeded()) {
                giveUp(put);
            } else {
                LOG.warn(
                        "what was put in the place of the volume {} is not there yet; {}: {}",
                        put.target(),
                        put.isMove() ? "gives it up" : "tries again",
                        String.valueOf(done.cause().getMessage()));
                if (put.isMove()) {
                    undo(put);
                } else {
                    finishLater(put);
                }
            }
        });
    }

    /** Until it is done: what was there before is gone. Ever later, and with the disk left to others meanwhile; at once where the volume is to go. */
    void finishLater(VolumePut put) {
        int before = failures.merge(put, 1, Integer::sum) - 1;
        Promise<Void> due = Promise.promise();
        put.makeRoom().onSuccess(done -> {
            loop.after(AGAIN.multipliedBy(1L << Math.min(before, MOST_DOUBLINGS)), due::tryComplete);
            put.abandoned().onSuccess(gone -> due.tryComplete());
        });
        due.future().onSuccess(now -> finish(put));
    }

    /** Nothing is left of it, in its place neither; then the volume is let go of. Who asked for it is not held up. */
    Future<Void> undo(VolumePut put) {
        return ended(put, put::undo);
    }

    /** Lets go of the volume when nothing is left of what was to be put there, or was put; who asked for it is not held up. */
    Future<Void> giveUp(VolumePut put) {
        return ended(put, put::giveUp);
    }

    private Future<Void> ended(VolumePut put, Supplier<Future<Void>> step) {
        return step.get().onSuccess(done -> release(put)).recover(why -> {
            if (!stopped) {
                loop.after(AGAIN, () -> ended(put, step));
            }
            return Future.succeededFuture();
        });
    }
}
