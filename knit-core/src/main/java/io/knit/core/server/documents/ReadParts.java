package io.knit.core.server.documents;

import io.knit.api.command.Webhook;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.Observed;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.core.server.documents.kept.KeptWebhook;
import io.knit.core.server.documents.kept.Tables;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.KnownToken;
import io.knit.core.server.state.KnownValue;
import io.knit.core.server.state.OlderValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Joins what has a document each, in whichever order they come. Not thread-safe. */
final class ReadParts {
    private final Map<String, Instance> instances = new TreeMap<>();
    private final Map<String, Observed> observed = new HashMap<>();
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Map<String, NodeFacts> facts = new HashMap<>();
    private final Map<String, NodeJudgement> judgements = new HashMap<>();

    private final List<SlotVolume> volumes = new ArrayList<>();
    private final List<SlotMove> moves = new ArrayList<>();
    private final List<KnownToken> tokens = new ArrayList<>();
    private final List<KnownValue> values = new ArrayList<>();
    private final List<OlderValue> older = new ArrayList<>();
    private final Map<String, KeptWebhook> webhooks = new TreeMap<>();
    private final Map<String, Webhook.Course> courses = new HashMap<>();

    void add(KnownToken token) {
        tokens.add(token);
    }

    void add(KnownValue value) {
        values.add(value);
    }

    void add(OlderValue value) {
        older.add(value);
    }

    /** @throws KnitException if its secret is none */
    void add(KeptWebhook webhook) {
        try {
            webhook.known(Webhook.Course.begin(0));
        } catch (IllegalArgumentException e) {
            throw new KnitException(ErrorCode.INVALID_VALUE, String.valueOf(e.getMessage()), e);
        }
        webhooks.put(webhook.name(), webhook);
    }

    void add(String webhook, Webhook.Course course) {
        courses.put(webhook, course);
    }

    void add(SlotVolume volume) {
        volumes.add(volume);
    }

    void add(SlotMove move) {
        moves.add(move);
    }

    void add(Instance instance) {
        instances.put(instance.id(), instance);
    }

    void add(String instance, Observed said) {
        observed.put(instance, said);
    }

    void add(Node node) {
        nodes.put(node.id(), node);
    }

    void add(String node, NodeFacts said) {
        facts.put(node, said);
    }

    void add(String node, NodeJudgement judged) {
        judgements.put(node, judged);
    }

    /** Documents without which what is known of a node is no whole. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (String node : nodes.keySet()) {
            if (!facts.containsKey(node)) {
                missing.add(Tables.FACTS + "/" + node + " (it is missing, though there is the node)");
            }
            if (!judgements.containsKey(node)) {
                missing.add(Tables.JUDGEMENT + "/" + node + " (it is missing, though there is the node)");
            }
        }
        return missing;
    }

    /**
     * The state with all that is whole. What was said of an instance that is not there is of one that is gone.
     *
     * @param lastEvent after which a webhook goes on of which nothing is known
     */
    ClusterState joinedTo(ClusterState state, long lastEvent) {
        List<Change> known = new ArrayList<>();
        nodes.forEach((id, node) -> known.add(new Change.PutNode(new Node(
                id,
                node.identity(),
                node.key(),
                node.wish(),
                facts.getOrDefault(id, node.facts()),
                judgements.getOrDefault(id, node.judgement())))));
        ClusterState joined = applied(known, state);
        TreeMap<String, Instance> whole = new TreeMap<>();
        instances.forEach((id, instance) -> whole.put(id, seen(instance)));
        joined = joined.withAll(whole);
        List<Change> rest = new ArrayList<>();
        volumes.forEach(volume -> rest.add(new Change.PutVolume(volume)));
        moves.forEach(move -> rest.add(new Change.PutMove(move)));
        tokens.forEach(token -> rest.add(new Change.PutToken(token)));
        values.forEach(value -> rest.add(new Change.PutValue(value)));
        older.forEach(value -> rest.add(new Change.KeepValue(value)));
        webhooks.forEach((name, hook) -> rest.add(
                new Change.PutWebhook(hook.known(courses.getOrDefault(name, Webhook.Course.begin(lastEvent))))));
        return applied(rest, joined);
    }

    /** As it was decoded, where nothing was said of it. */
    private Instance seen(Instance instance) {
        Observed said = observed.getOrDefault(instance.id(), Observed.NOTHING);
        // of most nothing was said, and thousands are read before what compares records is made
        return said == instance.observed() || said.equals(instance.observed()) ? instance : instance.with(said);
    }

    private static ClusterState applied(List<Change> changes, ClusterState state) {
        ClusterState applied = state;
        for (Change change : changes) {
            applied = change.applyTo(applied);
        }
        return applied;
    }
}
