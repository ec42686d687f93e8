package io.knit.core.server.foresight;

import io.knit.api.foresight.Foretold.Move;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Order;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Who goes where. */
final class Moves {
    private final int most;
    private final List<Move> all = new ArrayList<>();
    private boolean whole = true;
    /** By slot: what was in it last, and is gone. */
    private final Map<String, Instance> last = new HashMap<>();
    /** Why an instance was made, by its id. */
    private final Map<String, String> reasons = new HashMap<>();
    /** Of what is noted now, by deployment and slot: the ids of those in it. */
    private final Map<String, Map<String, List<String>>> bySlot = new HashMap<>();

    Moves(int most) {
        this.most = most;
    }

    List<Move> all() {
        return all;
    }

    /** Whether all of them are told. */
    boolean isWhole() {
        return whole;
    }

    private void tell(Move move) {
        whole &= all.size() < most;
        if (whole) {
            all.add(move);
        }
    }

    void note(List<Step> steps, Duration at) {
        ClusterState first = steps.get(0).before();
        bySlot.clear();
        for (Step step : steps) {
            if (step.change() instanceof Change.PutInstance put) {
                Instance before = step.before().instance(put.instance().id());
                if (before == null) {
                    slots(first, put.instance().deployment())
                            .computeIfAbsent(slot(put.instance()), none -> new ArrayList<>())
                            .add(put.instance().id());
                    reasons.put(put.instance().id(), put.instance().reason());
                }
                if (put.instance().node() != null && (before == null || before.node() == null)) {
                    placed(first, step.before(), put.instance(), at);
                }
            } else if (step.change() instanceof Change.RemoveInstance remove) {
                Instance gone = step.before().instance(remove.id());
                if (gone != null && gone.node() != null) {
                    removed(first, step.after(), gone, at);
                }
            }
        }
    }

    private void placed(ClusterState first, ClusterState state, Instance next, Duration at) {
        Instance old = siblings(first, state, next)
                .filter(it -> it.node() != null)
                .max(Comparator.comparing(Instance::createdAt).thenComparing(Instance::id))
                .orElse(last.get(key(next)));
        String made =
                old != null && old.state() == InstanceState.LOST ? old.reason() : reasons.getOrDefault(next.id(), "");
        tell(new Move(
                at,
                next.deployment(),
                slot(next),
                next.id(),
                old == null ? null : old.node(),
                next.node(),
                made.isEmpty() ? why(state, old, next) : made));
    }

    private static String why(ClusterState state, @Nullable Instance old, Instance next) {
        if (old == null) {
            return "";
        }
        Node node = old.node() == null ? null : state.node(old.node());
        if (old.order() == Order.STOP && !old.reason().isEmpty()) {
            return old.reason();
        }
        if (node != null && node.wish().availability() == NodeWish.Availability.DRAINED) {
            return "its node " + node.id() + " is drained";
        }
        return old.revision() == next.revision()
                ? ""
                : "revision " + next.revision() + " takes the place of revision " + old.revision();
    }

    private void removed(ClusterState first, ClusterState state, Instance gone, Duration at) {
        last.put(key(gone), gone);
        boolean followed = siblings(first, state, gone).anyMatch(it -> it.order() == Order.RUN);
        if (!followed) {
            tell(new Move(at, gone.deployment(), slot(gone), null, gone.node(), null, gone.reason()));
        }
    }

    private Stream<Instance> siblings(ClusterState first, ClusterState state, Instance instance) {
        return slots(first, instance.deployment()).getOrDefault(slot(instance), List.of()).stream()
                .filter(id -> !id.equals(instance.id()))
                .map(state::instance)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull);
    }

    private Map<String, List<String>> slots(ClusterState first, String deployment) {
        return bySlot.computeIfAbsent(deployment, name -> {
            Map<String, List<String>> slots = new HashMap<>();
            first.instancesIn(name)
                    .values()
                    .forEach(it -> slots.computeIfAbsent(slot(it), none -> new ArrayList<>())
                            .add(it.id()));
            return slots;
        });
    }

    private static String slot(Instance instance) {
        return instance.slotKey().toString();
    }

    private static String key(Instance instance) {
        return instance.deployment() + "/" + slot(instance);
    }
}
