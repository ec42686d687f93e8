package io.knit.core.server.plan;

import io.knit.api.model.Instance;
import io.knit.api.model.SlotKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The instances of one slot that are to run, while it is decided upon. */
final class Slot {
    private static final Comparator<Instance> AGE =
            Comparator.comparing(Instance::createdAt).thenComparing(Instance::id);

    private final SlotKey key;
    /** The deployment's present revision. */
    private final int revision;
    /** Whether it is to go elsewhere, whatever its revision. */
    private final Predicate<Instance> leaving;

    private final List<Instance> live = new ArrayList<>();
    private final List<Instance> lost = new ArrayList<>();
    private @Nullable Instance ended;

    Slot(SlotKey key, int revision, Predicate<Instance> leaving) {
        this.key = key;
        this.revision = revision;
        this.leaving = leaving;
    }

    SlotKey key() {
        return key;
    }

    void addLive(Instance instance) {
        live.add(instance);
    }

    /** Its node is down, or is back and has not said anything about it yet. */
    void addLost(Instance instance) {
        lost.add(instance);
        addEnded(instance);
    }

    void addEnded(Instance instance) {
        ended = ended == null || AGE.compare(instance, ended) > 0 ? instance : ended;
    }

    List<Instance> live() {
        return live;
    }

    List<Instance> lost() {
        return lost;
    }

    /** The newest that ended or was lost, or null: there is none. */
    @Nullable
    Instance ended() {
        return ended;
    }

    /** The newest that does its work; of the present revision if there is one. */
    @Nullable
    Instance working() {
        Instance present = newest(i -> isPresent(i) && isWorking(i));
        return present != null ? present : newest(Slot::isWorking);
    }

    /** Those of the present revision that have a node. */
    List<Instance> onTheirWay() {
        List<Instance> found = new ArrayList<>(1);
        for (Instance instance : live) {
            if (isPresent(instance) && instance.node() != null) {
                found.add(instance);
            }
        }
        return found;
    }

    /** The newest of the present revision that waits for a node, or null. */
    @Nullable
    Instance waiting() {
        return newest(i -> isPresent(i) && i.node() == null);
    }

    /** The newest of an older revision or on a node that it shall leave, one that does its work first; or null. */
    @Nullable
    Instance old() {
        Instance working = newest(i -> !isPresent(i) && isWorking(i));
        return working != null ? working : newest(i -> !isPresent(i));
    }

    /** Whether it is what is wanted now, where it may be. */
    boolean isPresent(Instance instance) {
        return instance.revision() == revision && !leaving.test(instance);
    }

    /** Whether what runs in it is of the present revision, and only has to go elsewhere. */
    boolean isMoving() {
        Instance old = old();
        return old != null && old.revision() == revision;
    }

    /** Whether it runs, nothing is known against it, and no check of it is waited for. */
    static boolean isWorking(Instance instance) {
        return instance.isHealthy();
    }

    private @Nullable Instance newest(Predicate<Instance> which) {
        // without a stream: this is asked several times for each slot of each plan
        Instance newest = null;
        for (Instance instance : live) {
            if (which.test(instance) && (newest == null || AGE.compare(instance, newest) > 0)) {
                newest = instance;
            }
        }
        return newest;
    }
}
