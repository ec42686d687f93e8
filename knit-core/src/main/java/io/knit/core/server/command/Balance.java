package io.knit.core.server.command;

import io.knit.api.command.Command;
import io.knit.api.command.Rebalancing;
import io.knit.api.command.Rebalancing.Move;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Rollout;
import io.knit.api.model.Strategy;
import io.knit.api.model.UpdateOrder;
import io.knit.core.server.schedule.Candidate;
import io.knit.core.server.schedule.Scheduler;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds instances that would be placed elsewhere, were they placed now (pure). A move is one only if the other node is better by what the
 * deployment asks for, never for a tie, and once it is made the way back is none: so there is an end to it.
 */
final class Balance {
    /** So many looks of an instance at a node, some tenths of a second: what is found is decided upon after that, when other things may have happened. */
    private static final int MOST_LOOKS = 300_000;

    private final ClusterState state;
    private final Instant now;
    private final int most;
    private final boolean packs;
    private final List<Move> moves = new ArrayList<>();
    private final Set<String> moved = new HashSet<>();
    private Fleet fleet;
    private int looks;

    private Balance(ClusterState state, int most, Instant now) {
        this.state = state;
        this.fleet = state.fleet();
        this.most = most;
        this.packs = state.deployments().values().stream()
                .anyMatch(deployment -> deployment.spec().strategy() == Strategy.BINPACK);
        this.now = now;
    }

    /** All that is to be moved. */
    static Rebalancing find(ClusterState state, Command.Rebalance command, Instant now) {
        if (command.maxMoves() < 1 || command.maxMoves() > Command.Rebalance.MOST_MOVES) {
            throw KnitException.at(
                    "/max_moves",
                    ErrorCode.INVALID_VALUE,
                    "max_moves is " + command.maxMoves() + "; give 1 to " + Command.Rebalance.MOST_MOVES);
        }
        return new Balance(state, command.maxMoves(), now).find();
    }

    /** What was found in a state of before, as far as all of it may still be moved, and thither. */
    static Decision<Rebalancing> decide(ClusterState tip, Rebalancing found) {
        Map<String, Boolean> settled = new HashMap<>();
        List<Change> changes = new ArrayList<>();
        List<Move> moves = new ArrayList<>();
        for (Move move : found.moves()) {
            Deployment deployment = tip.deployment(move.deployment());
            Instance instance = tip.instance(move.instance());
            if (deployment == null) {
                continue;
            }
            boolean rests = settled.computeIfAbsent(move.deployment(), name -> isSettled(tip, deployment));
            if (rests && instance != null && isStill(tip, deployment, instance, move)) {
                changes.add(new Change.PutInstance(instance.leaving(move.reason())));
                moves.add(move);
            }
        }
        return new Decision<>(
                changes,
                new Rebalancing(
                        moves, found.whole() && moves.size() == found.moves().size()));
    }

    private static boolean isStill(ClusterState tip, Deployment deployment, Instance instance, Move move) {
        Node to = tip.node(move.to());
        return move.from().equals(instance.node())
                && to != null
                && to.takesWork()
                && tip.pins(deployment.spec()).of(instance) == null;
    }

    private Rebalancing find() {
        List<Deployment> settled = state.deployments().values().stream()
                .filter(deployment -> isSettled(state, deployment))
                // what is spread worst comes first: there may be no time for all
                .sorted(Comparator.comparing(this::heaped).reversed().thenComparing(Deployment::name))
                .toList();
        boolean better = true;
        while (better && moves.size() < most && looks < MOST_LOOKS) {
            better = false;
            for (Deployment deployment : settled) {
                better |= balance(deployment);
            }
        }
        return new Rebalancing(moves, looks < MOST_LOOKS);
    }

    /** Whether nothing of it is under way: what is moved already, or replaced anyway, is not moved besides. */
    private static boolean isSettled(ClusterState state, Deployment deployment) {
        boolean rests = !deployment.deleting()
                && !deployment.paused()
                && deployment.spec().mode() == Mode.REPLICATED
                && deployment.rollout().phase() == Rollout.Phase.DONE;
        return rests
                && state.instancesOf(deployment.name()).stream()
                        .allMatch(it -> it.isHealthy()
                                && it.revision() == deployment.revision()
                                && it.leaves() == null
                                && it.until() == null);
    }

    private int heaped(Deployment deployment) {
        Map<String, Integer> live = state.fleet().liveOf(deployment.name());
        return live.isEmpty() ? 0 : Collections.max(live.values());
    }

    private boolean balance(Deployment deployment) {
        boolean better = false;
        // those on one node are alike: where one stays, the others do
        Map<String, Boolean> stays = new HashMap<>();
        for (Instance instance : state.instancesOf(deployment.name())) {
            if (moves.size() == most || looks >= MOST_LOOKS) {
                return better;
            }
            String node = Objects.requireNonNull(instance.node());
            boolean pinned = state.pins(deployment.spec()).of(instance) != null;
            if (pinned || moved.contains(instance.id()) || stays.containsKey(node)) {
                continue;
            }
            if (move(deployment, instance, node)) {
                better = true;
                stays.clear();
            } else {
                stays.put(node, true);
            }
        }
        return better;
    }

    private boolean move(Deployment deployment, Instance instance, String from) {
        looks += fleet.size();
        Fleet without = fleet.without(instance);
        List<Candidate> candidates = Candidate.of(without, anew(instance, List.of()), deployment.spec(), now);
        Candidate present = named(candidates, from);
        // where it may not be any more, or nothing is taken now, it is not for this to move it
        if (present == null || !candidates.get(0).isBetterThan(present)) {
            return false;
        }
        looks += fleet.size();
        String to = goes(deployment, instance, without, from);
        Candidate better = to == null ? null : named(candidates, to);
        if (better == null || !isBetter(better, present)) {
            return false;
        }
        String reason = to + " "
                + better.against(present, deployment.name(), deployment.spec().spreadBy());
        moves.add(new Move(deployment.name(), instance.id(), from, better.node(), reason));
        moved.add(instance.id());
        fleet = without.with(
                null,
                anew(instance, List.of()).placedOn(better.node(), instance.ports(), instance.reserved(), now, now));
        return true;
    }

    /** Where some deployments pack nodes, others that fled the full ones for their load alone would be followed for ever. */
    private boolean isBetter(Candidate candidate, Candidate present) {
        return packs && candidate.strategy() == Strategy.SPREAD
                ? candidate.isBetterBesidesLoadThan(present)
                : candidate.isBetterThan(present);
    }

    private static @Nullable Candidate named(List<Candidate> candidates, String node) {
        return candidates.stream()
                .filter(candidate -> candidate.node().equals(node))
                .findFirst()
                .orElse(null);
    }

    /** Where its successor is placed: beside it, where that is how it is replaced. That may be another node than the best once it is gone. */
    private @Nullable String goes(Deployment deployment, Instance instance, Fleet without, String from) {
        DeploymentSpec spec = deployment.spec();
        UpdateOrder order = spec.update().order();
        boolean fixed = spec.published().stream().anyMatch(PortSpec::isForOne);
        boolean startsFirst = order == UpdateOrder.START_FIRST || order == UpdateOrder.AUTO && !fixed;
        Instance next = anew(instance, List.of(from));
        String beside = startsFirst ? Scheduler.place(fleet, next, spec, now).node() : null;
        return beside != null || order == UpdateOrder.START_FIRST
                ? beside
                : Scheduler.place(without, next, spec, now).node();
    }

    /** As one that is new: whom it was with before does not count. */
    private Instance anew(Instance instance, List<String> avoid) {
        return Instance.pending(
                instance.id(), instance.deployment(), instance.revision(), instance.slot(), 0, avoid, now, "", now);
    }
}
