package io.knit.core.server.history;

import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Preparation;
import io.knit.api.spi.store.HistoryRow;
import io.knit.core.server.state.ClusterState;
import io.knit.core.wire.WireCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What of a commit is remembered (pure): a row for each command that changed something, and one for each deployment of which the server
 * decided something by itself. What agents tell step by step is not: it is many times as much, and the events have it.
 */
public final class HistoryRows {
    static final int MOST_REMARKS = 20;
    /** Of so many it is told why they went where they did: each instance knows that of itself. */
    static final int MOST_CHOSEN = 10;

    /** By this much the numbers of two commits differ. */
    static final int MOST_ROWS = 10_000;

    private static final String NO_DEPLOYMENT = "";
    private static final Set<String> DECISIONS = Set.of(
            "node.down",
            "node.refused",
            "node.forgotten",
            "instance.lost",
            "instance.leaving",
            "instance.pushed_out",
            "deployment.deleted",
            "volume.removed",
            // where a rollout turns, so that the history tells how a deployment was
            "deployment.canary",
            "deployment.failed",
            "deployment.rolled_back",
            "deployment.done",
            "deployment.completed");

    /** With which it may be told where one goes. */
    private static final Set<String> CHOICES = Set.of("instance.assigned", "instance.pending");

    private HistoryRows() {}

    /**
     * Something that went wrong while the server decided.
     *
     * @param deployment of which
     */
    public record Trouble(String deployment, String words) {}

    /**
     * Of one commit.
     *
     * @param after the state that came of it
     * @param causes commands that changed something, in their order
     * @param events what the commit means
     */
    public static List<HistoryRow> of(
            ClusterState after, Instant now, List<Cause> causes, List<KnitEvent> events, List<Trouble> troubles) {
        long commit = after.revision();
        Map<String, List<String>> ofDeployments = new LinkedHashMap<>();
        Map<String, List<String>> ofNodes = new LinkedHashMap<>();
        Set<String> commanded = causes.stream().map(Cause::deployment).collect(Collectors.toSet());
        for (KnitEvent event : events) {
            // one that waits says why, and that belongs to the command that wants it
            boolean waits = event.type().equals("instance.pending") && commanded.contains(event.deployment());
            if (waits || DECISIONS.contains(event.type())) {
                note(ofDeployments, ofNodes, event);
            }
        }
        Map<String, List<String>> chosen = chosen(after, events);
        troubles.forEach(trouble -> note(ofDeployments, trouble.deployment(), trouble.words()));
        List<HistoryRow> rows = new ArrayList<>();
        for (Cause cause : causes) {
            // where two commands of one commit are about the same, the first has what followed
            List<String> remarks = taken(ofDeployments, cause.deployment());
            remarks.addAll(taken(ofNodes, cause.node()));
            List<String> whys = taken(chosen, cause.deployment());
            String deployment = cause.deployment() == null ? NO_DEPLOYMENT : cause.deployment();
            KeptEntry entry = new KeptEntry(
                    commit,
                    KeptEntry.Who.of(cause.caller()),
                    cause.words(),
                    cause.details(),
                    bounded(remarks, whys),
                    then(after, deployment));
            add(rows, commit, now, deployment, entry);
        }
        ofNodes.values().forEach(words -> words.forEach(word -> note(ofDeployments, NO_DEPLOYMENT, word)));
        ofDeployments.forEach((deployment, words) -> add(
                rows,
                commit,
                now,
                deployment,
                new KeptEntry(
                        commit,
                        null,
                        "",
                        Map.of(),
                        bounded(words, taken(chosen, deployment)),
                        then(after, deployment))));
        return rows;
    }

    /** Why instances went where they did, by their deployment; what there is no row for is remembered with the instance alone. */
    private static Map<String, List<String>> chosen(ClusterState after, List<KnitEvent> events) {
        Map<String, List<String>> chosen = new HashMap<>();
        for (KnitEvent event : events) {
            Instance instance = CHOICES.contains(event.type()) && event.instance() != null
                    ? after.instance(event.instance())
                    : null;
            String node = instance == null ? null : home(instance);
            if (instance != null && node != null && instance.chosen() != null) {
                note(chosen, instance.deployment(), instance.id() + " goes to " + node + ": " + instance.chosen());
            }
        }
        return chosen;
    }

    private static @Nullable String home(Instance instance) {
        Preparation by = instance.preparation();
        return instance.node() != null || by == null ? instance.node() : by.node();
    }

    private static @Nullable KeptThen then(ClusterState after, String deployment) {
        return deployment.equals(NO_DEPLOYMENT) ? null : KeptThen.of(after, deployment);
    }

    private static void note(
            Map<String, List<String>> ofDeployments, Map<String, List<String>> ofNodes, KnitEvent event) {
        if (event.deployment() != null) {
            note(ofDeployments, event.deployment(), event.message());
        } else if (event.node() != null) {
            note(ofNodes, event.node(), event.message());
        }
    }

    private static void note(Map<String, List<String>> of, String subject, String words) {
        of.computeIfAbsent(subject, none -> new ArrayList<>()).add(words);
    }

    private static List<String> taken(Map<String, List<String>> of, @Nullable String subject) {
        List<String> words = subject == null ? null : of.remove(subject);
        return words == null ? new ArrayList<>() : words;
    }

    private static void add(List<HistoryRow> rows, long commit, Instant now, String deployment, KeptEntry entry) {
        if (rows.size() < MOST_ROWS) {
            rows.add(new HistoryRow(commit * MOST_ROWS + rows.size(), now, deployment, WireCodec.encodeText(entry)));
        }
    }

    private static List<String> bounded(List<String> words, List<String> whys) {
        List<String> first = bounded(words, MOST_REMARKS, "");
        first.addAll(bounded(whys, MOST_CHOSEN, " go to a node"));
        return first;
    }

    private static List<String> bounded(List<String> words, int most, String end) {
        List<String> first = new ArrayList<>(words.subList(0, Math.min(most, words.size())));
        if (words.size() > most) {
            first.add("and " + (words.size() - most) + " more" + end);
        }
        return first;
    }
}
