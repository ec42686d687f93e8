package io.knit.core.server.plan;

import io.knit.api.model.Health;
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
    /** Whether what was there first stays, if it works when it is back. */
    private final boolean keepsOriginal;

    private final List<Instance> live = new ArrayList<>();
    private final List<Instance> lost = new ArrayList<>();
    private @Nullable Instance ended;

    Slot(SlotKey key, int revision, Predicate<Instance> leaving, boolean keepsOriginal) {
        this.keepsOriginal = keepsOriginal;
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

    /** The newest that does its work, or, where that one stays, the one that was there first; of the present revision if there is one. */
    @Nullable
    Instance working() {
        Predicate<Instance> works = i -> isPresent(i) && isWorking(i);
        Instance present = keepsOriginal ? oldest(live, works) : newest(works);
        return present != null ? present : newest(Slot::isWorking);
    }

    /** Of those that are lost the one that is taken back even if another does its work by then; null: none is. */
    @Nullable
    Instance original() {
        return keepsOriginal ? oldest(lost, this::isPresent) : null;
    }

    /** One that was there before the one that works, is back, and may yet work; null: there is none, or it would not be taken back. */
    @Nullable
    Instance returning(Instance working) {
        Predicate<Instance> comesBack = i -> isPresent(i)
                && i.node() != null
                && !i.state().isEnd()
                && !i.failing()
                && i.health() != Health.UNHEALTHY
                && AGE.compare(i, working) < 0;
        return keepsOriginal ? oldest(live, comesBack) : null;
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

    /** The newest of an older revision or on a node that it shall leave, one that does its work first, and of these one that has not to go elsewhere; or null. */
    @Nullable
    Instance old() {
        Instance staying = newest(i -> !isPresent(i) && isWorking(i) && !leaving.test(i));
        Instance working = staying != null ? staying : newest(i -> !isPresent(i) && isWorking(i));
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

    private static @Nullable Instance oldest(List<Instance> among, Predicate<Instance> which) {
        return among.stream().filter(which).min(AGE).orElse(null);
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
