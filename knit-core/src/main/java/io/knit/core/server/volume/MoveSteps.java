package io.knit.core.server.volume;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Order;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a move goes on, by what is known now; each step is one commit (pure). */
public final class MoveSteps {
    /** So many copies may break off. */
    static final int MOST_FAILURES = 3;

    private MoveSteps() {}

    /** What follows without a copy: it ends where it was, or what is copied now is known to the state first. Empty: nothing, yet. */
    public static List<Change> next(ClusterState state, SlotMove asked, Instant now) {
        SlotMove move = present(state, asked);
        if (move == null) {
            return List.of();
        }
        String over = whyNot(state, move);
        if (!over.isEmpty()) {
            return back(state, move, over, now);
        }
        List<Change> changes = new ArrayList<>();
        boolean free = true;
        for (Instance instance : state.instancesOf(move.deployment())) {
            if (mayBeThere(state, instance)
                    && SlotVolume.slotOf(instance, Mode.REPLICATED).equals(move.slot())) {
                free = false;
                if (instance.order() == Order.RUN) {
                    changes.add(new Change.PutInstance(stopping(instance, move, now)));
                }
            }
        }
        if (free && !move.copying()) {
            for (String name : move.volumes()) {
                changes.add(new Change.PutVolume(
                        new SlotVolume(move.deployment(), move.slot(), name, move.to(), now, null)));
            }
            changes.add(new Change.PutMove(move.copied()));
        }
        return changes;
    }

    /** Whether its node may have a container of it, be that one that ended: it has the volumes. */
    private static boolean mayBeThere(ClusterState state, Instance instance) {
        if (instance.node() == null || instance.state() == InstanceState.STOPPED) {
            return false;
        }
        Node node = state.node(instance.node());
        return !instance.state().isEnd() || node != null && node.state() != NodeState.DOWN;
    }

    public static Instance stopping(Instance instance, SlotMove move, Instant now) {
        return instance.stopping("moves with its volumes from " + move.from() + " to " + move.to(), now)
                .following();
    }

    /** The one commit: from it on the slot is where its copies are. All of them came, and are as those that they were made of. */
    public static List<Change> copied(ClusterState state, SlotMove asked, Instant now) {
        SlotMove move = present(state, asked);
        if (move == null || !move.copying()) {
            return List.of();
        }
        String over = whyNot(state, move);
        if (!over.isEmpty()) {
            return back(state, move, over, now);
        }
        List<Change> changes = new ArrayList<>();
        for (String name : move.volumes()) {
            SlotVolume old = volume(state, move, name, move.from());
            SlotVolume copy = volume(state, move, name, move.to());
            if (old == null || copy == null || !old.isInForce() || !copy.isInForce()) {
                return back(state, move, "the volume \"" + name + "\" was given up meanwhile", now);
            }
            changes.add(new Change.PutVolume(old.leftBehind(move.to())));
        }
        changes.add(new Change.RemoveMove(move.key(), ""));
        return changes;
    }

    /**
     * A copy broke off: it is made anew, or that was the last.
     *
     * @param hopeless whether it would be in vain
     */
    public static List<Change> failed(ClusterState state, SlotMove asked, String why, boolean hopeless, Instant now) {
        SlotMove move = present(state, asked);
        if (move == null) {
            return List.of();
        }
        SlotMove failed = move.failed();
        return hopeless || failed.failures() >= MOST_FAILURES
                ? back(state, move, why, now)
                : List.of(new Change.PutMove(failed));
    }

    /** The slot's pin was never changed, so that it starts where it was; what came of the copies goes. */
    public static List<Change> back(ClusterState state, SlotMove move, String why, Instant now) {
        List<Change> changes = new ArrayList<>();
        if (move.copying()) {
            for (String name : move.volumes()) {
                SlotVolume copy = volume(state, move, name, move.to());
                if (copy != null && copy.removing() == null) {
                    changes.add(new Change.PutVolume(copy.removing(now)));
                }
            }
        }
        changes.add(new Change.RemoveMove(move.key(), why));
        return changes;
    }

    /** The move as it is by now; null: it is over. */
    private static @Nullable SlotMove present(ClusterState state, SlotMove asked) {
        SlotMove move = state.moves().get(asked.key());
        return move != null && move.since().equals(asked.since()) && move.to().equals(asked.to()) ? move : null;
    }

    private static String whyNot(ClusterState state, SlotMove move) {
        Deployment wish = state.deployment(move.deployment());
        if (wish == null || wish.deleting()) {
            return move.deployment() + " was undeployed";
        }
        for (String id : List.of(move.from(), move.to())) {
            Node node = state.node(id);
            if (node == null || node.state() == NodeState.DOWN) {
                return "node " + id + (node == null ? " was forgotten" : " is down");
            }
        }
        return "";
    }

    private static @Nullable SlotVolume volume(ClusterState state, SlotMove move, String name, String node) {
        return state.volumes().get(SlotVolume.prefix(move.deployment(), move.slot(), name) + node);
    }
}
