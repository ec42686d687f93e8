package io.knit.core.server.plan;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A plan while it is made: what is to become of each instance, each in one list. */
final class Draft {
    private final Deployment deployment;
    private final Whereabouts whereabouts;
    private final Roster roster;
    private final List<Instance> create = new ArrayList<>();
    private final List<Instance> update = new ArrayList<>();
    private final List<Instance> forget = new ArrayList<>();
    private final List<Instance> keep = new ArrayList<>();
    /** Ids of those that were of an older revision and are of the present one now. */
    private final Set<String> takenOver = new HashSet<>();

    Draft(Deployment deployment, Whereabouts whereabouts, Roster roster) {
        this.deployment = deployment;
        this.whereabouts = whereabouts;
        this.roster = roster;
    }

    List<Instance> create() {
        return create;
    }

    List<Instance> update() {
        return update;
    }

    List<Instance> forget() {
        return forget;
    }

    List<Instance> keep() {
        return keep;
    }

    /** It is of the present revision now: where it is kept, that is written. */
    void takeOver(Instance instance) {
        takenOver.add(instance.id());
    }

    /** What fills the slot now stays, and nothing beside it. */
    void keepOld(Slot slot) {
        Instance old = slot.old();
        keepOf(slot, old == null ? List.of() : List.of(old));
    }

    /** @param successor beside which the old filling runs on; null: none */
    void keepOld(Slot slot, @Nullable String successor) {
        Instance old = slot.old();
        if (successor == null || old == null) {
            keepOld(slot);
            return;
        }
        for (Instance instance : slot.live()) {
            if (instance == old) {
                update.add(old.staying(successor));
            } else {
                stop(instance, whyStopped(instance));
            }
        }
    }

    /** Both stay, the old filling until the one that waits is healthy. */
    void keepBeside(Slot slot, Instance old, Instance waiting) {
        for (Instance instance : slot.live()) {
            if (instance == old) {
                update.add(old.staying(waiting.id()));
            } else if (instance == waiting) {
                boolean same = waiting.preparation() == null && !takenOver.contains(waiting.id());
                (same ? keep : update).add(waiting.unprepared());
            } else {
                stop(instance, whyStopped(instance));
            }
        }
    }

    /** Of the slot these stay. */
    void keepOf(Slot slot, List<Instance> kept) {
        for (Instance instance : slot.live()) {
            if (kept.contains(instance)) {
                String successor = instance.until();
                boolean alone = successor != null && !isThere(successor, slot, kept);
                (alone || takenOver.contains(instance.id()) ? update : keep)
                        .add(alone ? instance.staying(null) : instance);
            } else {
                stop(instance, whyStopped(instance));
            }
        }
    }

    /** Whether one still is, or may be again, beside which another was to run on. */
    private static boolean isThere(String successor, Slot slot, List<Instance> kept) {
        return Stream.concat(kept.stream(), slot.lost().stream())
                .anyMatch(it -> it.id().equals(successor));
    }

    String whyStopped(Instance instance) {
        if (deployment.deleting()) {
            return "undeployed";
        }
        if (!roster.isWanted(instance.slotKey())) {
            return roster.whyNot(instance);
        }
        return instance.revision() == deployment.revision()
                ? whereabouts.isLeaving(instance)
                        // where that starts only when this one has stopped, none runs yet
                        ? "another instance takes its place elsewhere"
                        : "another instance runs in its place"
                : "replaced by revision " + deployment.revision();
    }

    /** Its slot is filled elsewhere at once. */
    void move(Instance instance, String reason) {
        update.add(whereabouts.stopping(instance, reason).following());
    }

    void stop(Instance instance, String reason) {
        if (instance.node() == null) {
            forget.add(instance);
        } else {
            update.add(whereabouts.stopping(instance, reason));
        }
    }
}
