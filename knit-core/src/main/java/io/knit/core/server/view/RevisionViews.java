package io.knit.core.server.view;

import io.knit.api.command.Plan.FieldChange;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.Order;
import io.knit.api.model.RevisionView;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.spec.SpecDiff;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A deployment's revisions as one reads them (pure). */
public final class RevisionViews {
    private RevisionViews() {}

    /**
     * Newest first.
     *
     * @throws KnitException with {@code NOT_FOUND}
     */
    public static List<RevisionView> of(ClusterState state, String name) {
        Deployment deployment = named(state, name);
        Map<Integer, Long> running = state.instancesOf(name).stream()
                .filter(it -> it.order() == Order.RUN)
                .collect(Collectors.groupingBy(Instance::revision, Collectors.counting()));
        List<RevisionView> views = new ArrayList<>();
        for (Revision it : state.revisionsOf(name)) {
            views.add(new RevisionView(
                    name,
                    it.number(),
                    it.spec(),
                    it.createdAt(),
                    it.by(),
                    it.command(),
                    it.number() == deployment.revision(),
                    running.getOrDefault(it.number(), 0L).intValue(),
                    it.digest()));
        }
        Collections.reverse(views);
        return views;
    }

    /**
     * Where the specs of two revisions differ.
     *
     * @throws KnitException with {@code NOT_FOUND}
     */
    public static List<FieldChange> diff(ClusterState state, String name, int from, int to) {
        named(state, name);
        return SpecDiff.of(
                        revision(state, name, from).spec(),
                        revision(state, name, to).spec())
                .stream()
                .map(it -> new FieldChange(it.pointer(), it.before(), it.after()))
                .toList();
    }

    private static Deployment named(ClusterState state, String name) {
        Deployment deployment = state.deployment(name);
        if (deployment == null) {
            throw new KnitException(
                    ErrorCode.NOT_FOUND, "there is no deployment named \"" + name + "\"; GET /deployments lists them");
        }
        return deployment;
    }

    private static Revision revision(ClusterState state, String name, int number) {
        Revision found = state.revision(name, number);
        if (found == null) {
            throw new KnitException(
                    ErrorCode.NOT_FOUND,
                    name + " has no revision " + number + "; kept are "
                            + state.revisionsOf(name).stream()
                                    .map(it -> Integer.toString(it.number()))
                                    .collect(Collectors.joining(", ")));
        }
        return found;
    }
}
