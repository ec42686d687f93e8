package io.knit.core.server.control;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.Rollout;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.depend.Dependencies;
import io.knit.core.server.plan.DeploymentPlan;
import io.knit.core.server.plan.DeploymentPlanner;
import io.knit.core.server.plan.Facts;
import io.knit.core.server.schedule.wish.Pins;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.server.value.ReadVersions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts a deployment of the state before the planner, and its plan into changes (pure). */
final class Planning {
    private Planning() {}

    /**
     * What is to become of a deployment's instances.
     *
     * @param cutShort whether more is to be done
     * @param again when to plan again though nothing happens; empty: never
     * @param anew whether to plan again at once: another revision is wanted now
     * @param surplus the ids of instances that are to go, for which there was no time
     */
    record Planned(
            List<Change> changes, boolean cutShort, Optional<Instant> again, boolean anew, Set<String> surplus) {}

    /**
     * Nothing if there is no such deployment.
     *
     * @param most how many slots may be filled or given up at once
     */
    static Planned of(ClusterState state, String name, Instant now, IdSource ids, int most) {
        Deployment deployment = state.deployment(name);
        if (deployment == null) {
            return new Planned(List.of(), false, Optional.empty(), false, Set.of());
        }
        DeploymentPlan plan =
                DeploymentPlanner.plan(deployment, state.instancesOf(name), facts(state, name), now, ids, most);
        List<Change> changes = new ArrayList<>();
        plan.forget().forEach(i -> changes.add(new Change.RemoveInstance(i.id())));
        plan.update().forEach(i -> changes.add(new Change.PutInstance(i)));
        plan.create().forEach(i -> changes.add(new Change.PutInstance(i)));
        if (plan.done()) {
            changes.add(new Change.RemoveDeployment(name));
        } else if (plan.rollback() != null) {
            changes.addAll(Rollbacks.of(state, deployment.with(plan.rollout()), plan.rollback(), now));
        } else if (plan.run() != null && !plan.run().equals(deployment.run())) {
            changes.add(new Change.PutDeployment(deployment.with(plan.run())));
        } else if (!plan.crons().isEmpty()) {
            plan.crons().forEach(next -> changes.add(new Change.PutDeployment(deployment.with(next))));
        } else if (!plan.rollout().equals(deployment.rollout())) {
            changes.add(new Change.PutDeployment(deployment.with(plan.rollout())));
            changes.addAll(proved(state, deployment, plan.rollout()));
        }
        ClusterState after = state;
        for (Change change : state.values().older().isEmpty() ? List.<Change>of() : changes) {
            after = change.applyTo(after);
        }
        changes.addAll(ReadVersions.forgotten(after, name));
        return new Planned(changes, plan.cutShort(), plan.again(), plan.rollback() != null, plan.surplus());
    }

    /** That a revision was healthy is kept with it, for who goes back; also of the one before, which a release that did not note it may have left. */
    private static List<Change> proved(ClusterState state, Deployment before, Rollout rollout) {
        List<Change> changes = new ArrayList<>();
        if (rollout.healthy() != before.rollout().healthy()) {
            for (int number : new int[] {before.rollout().healthy(), rollout.healthy()}) {
                Revision revision = state.revision(before.name(), number);
                if (revision != null && !revision.wasHealthy()) {
                    changes.add(new Change.PutRevision(revision.healthy()));
                }
            }
        }
        return changes;
    }

    /** Whether a deployment has an instance for each node. */
    static boolean isGlobal(ClusterState state, String name) {
        Deployment deployment = state.deployment(name);
        return deployment != null && deployment.spec().mode() == Mode.GLOBAL;
    }

    private static Facts facts(ClusterState state, String deployment) {
        return new Facts() {
            @Override
            public Instant served() {
                return state.served();
            }

            private final Map<Integer, Optional<Revision>> revisions = new HashMap<>();

            private @Nullable Revision revision(int number) {
                return revisions
                        .computeIfAbsent(number, n -> Optional.ofNullable(state.revision(deployment, n)))
                        .orElse(null);
            }

            @Override
            public @Nullable Node node(String id) {
                return state.node(id);
            }

            @Override
            public Collection<Node> nodes() {
                return state.nodes().values();
            }

            @Override
            public boolean servesOthers(String node) {
                return state.instancesOn(node).values().stream()
                        .anyMatch(it ->
                                node.equals(it.node()) && !it.state().isEnd() && !isGlobal(state, it.deployment()));
            }

            @Override
            public @Nullable String home(Instance instance) {
                Deployment present = state.deployment(deployment);
                Pins.Pin pin =
                        present == null ? null : state.pins(present.spec()).of(instance);
                return pin == null ? null : pin.node();
            }

            @Override
            public @Nullable DeploymentSpec spec(int number) {
                Revision revision = revision(number);
                return revision == null ? null : revision.spec();
            }

            @Override
            public Map<String, Integer> reads(int number) {
                Revision revision = revision(number);
                return revision == null ? Map.of() : revision.reads();
            }

            private final Map<Boolean, Boolean> lacking = new HashMap<>();

            @Override
            public boolean waits(Instance instance) {
                return !Preparations.isReady(instance)
                        && lacking.computeIfAbsent(instance.follows(), follows -> {
                            Optional<Deployment> present = Optional.ofNullable(state.deployment(deployment));
                            return present.flatMap(it ->
                                            follows ? Dependencies.unset(state, it) : Dependencies.missing(state, it))
                                    .isPresent();
                        });
            }

            @Override
            public boolean waited(Instance instance) {
                return Dependencies.isSaidBy(instance.reason());
            }

            @Override
            public boolean isProved() {
                Deployment present = state.deployment(deployment);
                Revision made = present == null ? null : revision(present.revision());
                return present == null
                        || made == null
                        || state.revisionsOf(deployment).stream()
                                .filter(it -> it.wasHealthy()
                                        || it.number() == present.rollout().healthy())
                                .anyMatch(it -> it.specHash().equals(made.specHash()));
            }

            @Override
            public String container(int number) {
                Revision revision = revision(number);
                return revision == null ? "" : revision.specHash();
            }
        };
    }
}
