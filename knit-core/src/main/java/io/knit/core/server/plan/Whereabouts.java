package io.knit.core.server.plan;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the state of their nodes means for a deployment's instances. */
final class Whereabouts {
    private final Deployment deployment;
    private final Facts facts;
    private final Instant now;
    private @Nullable Instant again;
    private @Nullable String asked;
    private @Nullable Node answer;

    Whereabouts(Deployment deployment, Facts facts, Instant now) {
        this.deployment = deployment;
        this.facts = facts;
        this.now = now;
    }

    /** Whether its node is forgotten: nobody will ever say what became of it. */
    boolean isForgotten(Instance instance) {
        return instance.node() != null && nodeOf(instance) == null;
    }

    /** Whether it is to go elsewhere, though its node is there. */
    boolean isLeaving(Instance instance) {
        return instance.leaves() != null || isDrained(instance);
    }

    private boolean isDrained(Instance instance) {
        Node node = nodeOf(instance);
        return node != null && node.wish().availability() == NodeWish.Availability.DRAINED;
    }

    boolean isOnDownNode(Instance instance) {
        Node node = nodeOf(instance);
        return node != null && node.state() == NodeState.DOWN;
    }

    /** Whether its node is down, or is back and has not said anything of it yet. */
    boolean isLost(Instance instance) {
        return instance.state() == InstanceState.LOST
                || !instance.state().isEnd() && isOnDownNode(instance) && !isWaitedFor(instance);
    }

    /** Whether its node has not been silent for as long as its deployment wants to wait: until then it counts as it was seen last. */
    private boolean isWaitedFor(Instance instance) {
        Instant due = Silences.replacedAt(deployment.spec(), nodeOf(instance));
        if (due == null || !facts.served().isBefore(due)) {
            return false;
        }
        lookAgain(due);
        return true;
    }

    private void lookAgain(Instant due) {
        again = again == null || due.isBefore(again) ? due : again;
    }

    /** When to look again though nothing happens. */
    Optional<Instant> again() {
        return Optional.ofNullable(again);
    }

    /** Why it can't stay where it is though its node is there; empty if it can. */
    Optional<String> moved(Instance instance) {
        boolean ended = instance.state().isEnd() && instance.state() != InstanceState.LOST;
        if (ended || isOnDownNode(instance)) {
            return Optional.empty();
        }
        Node node = nodeOf(instance);
        Instant due = node == null ? null : node.wish().due();
        if (node != null && due != null && isDrained(instance)) {
            if (!facts.served().isBefore(due)) {
                return Optional.of(instance.node() + " is drained, and was to be empty by "
                        + node.wish().deadline());
            }
            lookAgain(due);
        }
        return instance.ports().isEmpty()
                ? Optional.empty()
                : MovedAddress.of(instance, facts.spec(instance.revision()), node);
    }

    Instance lost(Instance instance) {
        Node node = nodeOf(instance);
        return instance.lost(
                node != null && isHome(instance)
                        ? isDown(instance) + " since " + node.judgement().since()
                                + "; its volumes are there, so that it waits for it"
                        : isDown(instance),
                now);
    }

    /** Whether what is in its slot's volumes is on its node, so that nothing takes its place elsewhere. */
    boolean isHome(Instance instance) {
        return instance.node() != null && instance.node().equals(facts.home(instance));
    }

    /** As it is once ordered to stop; where its node is down nobody can stop it now, and it is as good as lost. */
    Instance stopping(Instance instance, String reason) {
        if (!isOnDownNode(instance)) {
            return instance.stopping(reason, now);
        }
        String down = isDown(instance);
        String said;
        if (deployment.deleting()) {
            said = "undeployed; " + down
                    + ": what may still run there is removed when it is back, or forgotten with the node (DELETE /nodes/"
                    + instance.node() + ")";
        } else {
            said = reason.isEmpty() || reason.equals(down) ? down : reason + "; " + down;
        }
        Instance judged = instance.state().isEnd() ? instance : lost(instance);
        return judged.stopping(said, now);
    }

    private static String isDown(Instance instance) {
        return "its node " + instance.node() + " is down";
    }

    /** Each is asked after several times in a row. */
    @Nullable
    Node nodeOf(Instance instance) {
        String id = instance.node();
        if (id == null) {
            return null;
        }
        if (!id.equals(asked)) {
            asked = id;
            answer = facts.node(id);
        }
        return answer;
    }
}
