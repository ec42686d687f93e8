package io.knit.core.server.state;

import io.knit.api.command.Value;
import io.knit.api.command.Webhook;
import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.Observed;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.core.server.schedule.fit.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One step from a state to the next. */
public sealed interface Change {
    /** The state after it. */
    ClusterState applyTo(ClusterState state);

    /** A deployment is new, or has changed. */
    record PutDeployment(Deployment deployment) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(deployment);
        }
    }

    /** A deployment and all its revisions are forgotten. */
    record RemoveDeployment(String name) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.withoutDeployment(name);
        }
    }

    /** A deployment has another spec. */
    record PutRevision(Revision revision) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(revision);
        }
    }

    /** A spec that nothing runs by any more is forgotten. */
    record RemoveRevision(String deployment, int number) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.withoutRevision(deployment, number);
        }
    }

    /** An instance is new, or something else is wanted of it. */
    record PutInstance(Instance instance) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(instance);
        }
    }

    /** An agent said something of its instance. What is wanted of it stays as it is. */
    record PutObserved(String instance, Observed observed) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            Instance known = state.instance(instance);
            return known == null ? state : state.with(known.with(observed));
        }
    }

    /** An instance is forgotten: nothing of it is left anywhere. */
    record RemoveInstance(String id) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.withoutInstance(id);
        }
    }

    /** A node is new, another agent is it now, or something else is wished of it. */
    record PutNode(Node node) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(node);
        }
    }

    /** A node says something else of itself. What is wished of it stays as it is. */
    record PutFacts(String node, NodeFacts facts) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            Node known = state.node(node);
            return known == null ? state : state.with(known.with(facts));
        }
    }

    /** The server thinks something else of a node. */
    record PutJudgement(String node, NodeJudgement judgement) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            Node known = state.node(node);
            return known == null ? state : state.with(known.with(judgement));
        }
    }

    /** A node is forgotten: an agent may take its name anew. */
    record RemoveNode(String id) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.withoutNode(id);
        }
    }

    /** A slot has a volume on a node now, or something else is to become of it. */
    record PutVolume(SlotVolume volume) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(volume);
        }
    }

    /** A volume is gone, with what was in it. */
    record RemoveVolume(String key) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.withoutVolume(key);
        }
    }

    /** A slot is moved with its volumes now, or has come further. */
    record PutMove(SlotMove move) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(move);
        }
    }

    /**
     * A move is over.
     *
     * @param failure why the slot stays where it was, in words; empty: it is moved
     */
    record RemoveMove(String key, String failure) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.withoutMove(key);
        }
    }

    /** A token is new. */
    record PutToken(KnownToken token) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(state.outside().with(token));
        }
    }

    /** A token is worth nothing any more. */
    record RemoveToken(String name) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(state.outside().withoutToken(name));
        }
    }

    /** A webhook is new. */
    record PutWebhook(KnownWebhook webhook) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(state.outside().with(webhook));
        }
    }

    /** A webhook has come further, or does not get on. */
    record PutCourse(String webhook, Webhook.Course course) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            KnownWebhook known = state.webhooks().get(webhook);
            return known == null ? state : state.with(state.outside().with(known.with(course)));
        }
    }

    /** Nothing is sent to a webhook any more. */
    record RemoveWebhook(String name) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(state.outside().withoutWebhook(name));
        }
    }

    /** A variable, secret or file is new, has another content, or is sealed anew. */
    record PutValue(KnownValue value) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(state.outside().with(state.values().with(value)));
        }
    }

    /** A variable, secret or file is forgotten. */
    record RemoveValue(Value.Kind kind, String name) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(state.outside().with(state.values().without(kind, name)));
        }
    }

    /** A version that another has followed is kept, or others read it than before. */
    record KeepValue(OlderValue older) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(state.outside().with(state.values().keeping(older)));
        }
    }

    /** A version that another has followed is forgotten. */
    record ForgetValue(String at) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(state.outside().with(state.values().forgetting(at)));
        }
    }

    /** The passwords of registries in specs are sealed anew. Changes nothing but what is stored. */
    record SealPasswords() implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state;
        }
    }

    /** An agent was not let in. Changes nothing but what people are told. */
    record RefuseAgent(String node, String message) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state;
        }
    }

    /**
     * A deployment can't be planned. Stored nowhere: after a restart it is tried anew.
     *
     * @param reason why not, in words; empty: it can be again
     */
    record Quarantine(String deployment, String reason) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(state.outlook().quarantining(deployment, reason));
        }
    }

    /** It is known of a deployment's instances without a node why no node fits. Stored nowhere: after a restart it is found out anew. */
    record PutWaits(String deployment, List<Waiting> waits) implements Change {
        public PutWaits {
            waits = List.copyOf(waits);
        }

        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(state.outlook().waiting(deployment, waits));
        }
    }

    /** What makes the one node of the other, no more than what differs. */
    static List<Change> between(@Nullable Node before, Node after) {
        if (before == null
                || !before.identity().equals(after.identity())
                || !Objects.equals(before.key(), after.key())
                || !before.wish().equals(after.wish())) {
            return List.of(new PutNode(after));
        }
        List<Change> changes = new ArrayList<>();
        if (!before.facts().equals(after.facts())) {
            changes.add(new PutFacts(after.id(), after.facts()));
        }
        if (!before.judgement().equals(after.judgement())) {
            changes.add(new PutJudgement(after.id(), after.judgement()));
        }
        return changes;
    }

    /** The instance that the change is about, as it is after it; null: it is about none, or that is gone. */
    default @Nullable Instance instanceIn(ClusterState after) {
        if (this instanceof PutInstance put) {
            return put.instance();
        }
        return this instanceof PutObserved put ? after.instance(put.instance()) : null;
    }

    /** Whether it is about those outside of the fleet alone: nothing that runs hangs on it. */
    default boolean isOfOutside() {
        return this instanceof PutToken
                || this instanceof RemoveToken
                || this instanceof PutWebhook
                || this instanceof PutCourse
                || this instanceof RemoveWebhook
                || this instanceof PutValue
                || this instanceof RemoveValue
                || this instanceof KeepValue
                || this instanceof ForgetValue
                || this instanceof SealPasswords;
    }

    /** Whether it is kept in the store, or is found out anew after a restart. */
    default boolean isStored() {
        return !(this instanceof PutWaits || this instanceof Quarantine);
    }

    /** The id of the node that is put, or of which something is; null: the change puts none. */
    default @Nullable String nodePut() {
        if (this instanceof PutNode put) {
            return put.node().id();
        }
        if (this instanceof PutFacts put) {
            return put.node();
        }
        return this instanceof PutJudgement put ? put.node() : null;
    }
}
