package io.knit.core.agent.volume;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.core.wire.Assignment;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Volumes into which something is being restored, or that are being removed: no container is made with them, and nobody does the other meanwhile. By the engine's names. Thread-safe. */
public final class HeldVolumes {
    private final String node;
    private final Map<String, Promise<Void>> held = new ConcurrentHashMap<>();
    private final AtomicLong ends = new AtomicLong();
    private final Promise<Void> looked = Promise.promise();

    public HeldVolumes(String node) {
        this.node = node;
    }

    /** Whether it was free, and is held now. */
    boolean hold(String volume) {
        return held.putIfAbsent(volume, Promise.promise()) == null;
    }

    void release(String volume) {
        Promise<Void> until = held.remove(volume);
        if (until != null) {
            until.complete();
        }
    }

    /** Something was put in the place of one, or was not: from now on that may be there or not. */
    void ended() {
        ends.incrementAndGet();
    }

    /** How often that was so: what was looked at while this changed is to be looked at again. */
    long ends() {
        return ends.get();
    }

    boolean isHeld(String volume) {
        return held.containsKey(volume);
    }

    /** It is known what is held since before the agent was started. May be called more than once. */
    void looked() {
        looked.tryComplete();
    }

    /** Succeeds when that is known. */
    Future<Void> known() {
        return looked.future();
    }

    /** Succeeds on the loop when none of the volumes that an order wants is held. */
    public Future<Void> free(Loop loop, String cluster, Assignment order) {
        DeploymentSpec spec = order.spec();
        if (spec == null || spec.allVolumes().stream().allMatch(volume -> volume.isBound())) {
            return Future.succeededFuture();
        }
        SlotVolumes names = new SlotVolumes(cluster, node, order.deployment(), order.slotName());
        return loop.bring(looked.future().compose(known -> {
            List<Future<Void>> awaited = spec.allVolumes().stream()
                    .filter(volume -> !volume.isBound())
                    .map(volume -> held.get(names.holding(volume).named(volume.name())))
                    .filter(Objects::nonNull)
                    .map(until -> Objects.requireNonNull(until).future())
                    .toList();
            return Future.join(awaited).mapEmpty();
        }));
    }
}
