package io.knit.core.server.view;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.history.Explanation;
import io.knit.api.history.Explanation.Course;
import io.knit.api.history.Explanation.NodeAnswer;
import io.knit.api.history.Explanation.Phase;
import io.knit.api.history.Explanation.Wait;
import io.knit.api.history.HistoryEntry;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Liveness;
import io.knit.api.model.Node;
import io.knit.core.server.names.NamesTable;
import io.knit.core.server.plan.Turns;
import io.knit.core.server.schedule.fit.Survey;
import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** How something came to be as it is, from what is still known of it (pure). */
public final class Explanations {
    static final int MOST_NODES = 1_000;

    /** Looks of an instance at a node, for why it is on its own: it is said on the thread that reads the history. */
    private static final int MOST_LOOKS = 20_000;

    private static final String STATE = "instance.";

    private final ClusterState state;
    private final List<KnitEvent> events;
    private final List<HistoryEntry> decisions;
    private final Function<String, Liveness> liveness;

    /**
     * Of a state.
     *
     * @param events those that are kept, oldest first
     * @param decisions of the deployment that is asked for, newest first
     * @param liveness of a node, by its id
     */
    public Explanations(
            ClusterState state,
            List<KnitEvent> events,
            List<HistoryEntry> decisions,
            Function<String, Liveness> liveness) {
        this.state = state;
        this.events = events;
        this.decisions = decisions;
        this.liveness = liveness;
    }

    /** Of a state, where nobody says anything of nodes. */
    Explanations(ClusterState state, List<KnitEvent> events, List<HistoryEntry> decisions) {
        this(state, events, decisions, node -> Liveness.UNKNOWN);
    }

    /**
     * Of a deployment.
     *
     * @throws KnitException with {@code NOT_FOUND}
     */
    public Explanation of(String name) {
        Deployment deployment = state.deployment(name);
        if (deployment == null) {
            throw new KnitException(
                    ErrorCode.NOT_FOUND, "there is no deployment named \"" + name + "\"; GET /deployments lists them");
        }
        DeploymentView view = Views.deployment(state, deployment);
        PresentWords words = words(deployment);
        return new Explanation(
                view, courses(view.instances(), words), waits(view.instances()), words.of(events), decisions);
    }

    private PresentWords words(Deployment deployment) {
        return new PresentWords(deployment, liveness);
    }

    /**
     * Of an instance: of its deployment's decisions the one that it was made by, and what came after; their remarks are those about it.
     *
     * @throws KnitException with {@code NOT_FOUND}
     */
    public Explanation of(Instance known) {
        Explanation all = of(known.deployment());
        Instance instance = all.deployment().instances().stream()
                .filter(each -> each.id().equals(known.id()))
                .findFirst()
                .orElse(known);
        DeploymentView view = new DeploymentView(
                all.deployment().deployment(),
                all.deployment().status(),
                List.of(instance),
                all.deployment().problem());
        PresentWords words = words(view.deployment());
        return new Explanation(
                view,
                courses(List.of(instance), words),
                waits(List.of(instance)),
                words.of(List.of()),
                decisions(instance));
    }

    private List<HistoryEntry> decisions(Instance instance) {
        List<HistoryEntry> about = new ArrayList<>();
        for (HistoryEntry entry : decisions) {
            List<String> remarks = entry.remarks().stream()
                    .filter(words -> words.contains(instance.id()))
                    .toList();
            if (!entry.command().isEmpty() || !remarks.isEmpty()) {
                about.add(new HistoryEntry(
                        entry.number(),
                        entry.commit(),
                        entry.at(),
                        entry.caller(),
                        entry.command(),
                        entry.details(),
                        entry.deployment(),
                        remarks));
            }
            if (!entry.command().isEmpty() && !entry.at().isAfter(instance.createdAt())) {
                break;
            }
        }
        return about;
    }

    private List<Course> courses(List<Instance> instances, PresentWords words) {
        Map<String, Map<String, Phase>> courses = new LinkedHashMap<>();
        for (Instance instance : instances) {
            Map<String, Phase> phases = new LinkedHashMap<>();
            phases.put("made", new Phase("made", instance.createdAt(), ""));
            courses.put(instance.id(), phases);
        }
        for (KnitEvent event : events) {
            Map<String, Phase> phases = event.instance() == null ? null : courses.get(event.instance());
            if (phases != null && event.type().startsWith(STATE)) {
                String name = event.type().substring(STATE.length());
                phases.putIfAbsent(name, new Phase(name, event.at(), event.message()));
            }
        }
        for (Instance instance : instances) {
            // of this one the time is kept, however long ago it was
            String present = instance.state().wireName();
            Instant since = instance.changedAt();
            Objects.requireNonNull(courses.get(instance.id()))
                    .putIfAbsent(present, new Phase(present, since, instance.reason()));
        }
        Chosen chosen = new Chosen(state, state.served(), MOST_LOOKS);
        return instances.stream()
                .map(instance -> new Course(
                        instance.id(),
                        present(instance, words),
                        List.copyOf(Objects.requireNonNull(courses.get(instance.id()))
                                .values()),
                        chosen.now(instance)))
                .toList();
    }

    private List<String> present(Instance instance, PresentWords words) {
        List<String> present = new ArrayList<>(words.of(instance));
        Node node = instance.node() == null ? null : state.node(instance.node());
        Revision revision = state.revision(instance.deployment(), instance.revision());
        if (node != null && revision != null && instance.isLive() && Turns.isAgainst(revision.spec(), node)) {
            present.add(
                    "it is stopped before its successor starts, though " + node.id()
                            + " is drained with start_first: two of it can't run at once, for a fixed port or a volume that both would write");
        }
        if (NamesTable.isHidden(state, instance)) {
            present.add("names do not lead to it from other nodes, as it publishes nothing where they reach its node;"
                    + " a port in expose is reached there (docs/names.md)");
        }
        return present;
    }

    private List<Wait> waits(List<Instance> instances) {
        List<Wait> waits = new ArrayList<>();
        if (instances.isEmpty()) {
            return waits;
        }
        for (Waiting waiting : state.waitsOf(instances.get(0).deployment())) {
            List<String> ids = instances.stream()
                    .filter(each -> each.node() == null && waiting.wish().isOf(each))
                    .map(Instance::id)
                    .toList();
            if (!ids.isEmpty()) {
                List<NodeAnswer> nodes = Survey.of(waiting.wish(), state.fleet(), MOST_NODES).stream()
                        .map(each -> new NodeAnswer(each.node(), each.words()))
                        .toList();
                waits.add(new Wait(
                        waiting.wish().revision(),
                        ids,
                        waiting.refusal().sentence(),
                        nodes,
                        state.fleet().asked(waiting.wish()).size() - nodes.size()));
            }
        }
        return waits;
    }
}
