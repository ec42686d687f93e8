package io.knit.core.server.history;

import io.knit.api.model.KnitEvent;
import io.knit.api.spi.store.HistoryRow;
import io.knit.core.server.state.ClusterState;
import io.knit.core.wire.WireCodec;
import java.time.Instant;
import java.util.ArrayList;
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
        troubles.forEach(trouble -> note(ofDeployments, trouble.deployment(), trouble.words()));
        List<HistoryRow> rows = new ArrayList<>();
        for (Cause cause : causes) {
            // where two commands of one commit are about the same, the first has what followed
            List<String> remarks = taken(ofDeployments, cause.deployment());
            remarks.addAll(taken(ofNodes, cause.node()));
            String deployment = cause.deployment() == null ? NO_DEPLOYMENT : cause.deployment();
            KeptEntry entry = new KeptEntry(
                    commit,
                    KeptEntry.Who.of(cause.caller()),
                    cause.words(),
                    cause.details(),
                    bounded(remarks),
                    then(after, deployment));
            add(rows, commit, now, deployment, entry);
        }
        ofNodes.values().forEach(words -> words.forEach(word -> note(ofDeployments, NO_DEPLOYMENT, word)));
        ofDeployments.forEach((deployment, words) -> add(
                rows,
                commit,
                now,
                deployment,
                new KeptEntry(commit, null, "", Map.of(), bounded(words), then(after, deployment))));
        return rows;
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

    private static List<String> bounded(List<String> words) {
        if (words.size() <= MOST_REMARKS) {
            return words;
        }
        List<String> first = new ArrayList<>(words.subList(0, MOST_REMARKS));
        first.add("and " + (words.size() - MOST_REMARKS) + " more");
        return first;
    }
}
