package io.knit.testkit.sim.user;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Mode;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RevisionView;
import io.knit.api.model.Rollout;
import io.knit.core.spec.SpecTable;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.sim.check.Wishes;
import io.knit.testkit.sim.host.InvariantViolation;
import io.knit.testkit.sim.host.SimulatedServer;
import io.knit.testkit.sim.host.Trace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What users do with what is deployed already, beside deploying and undeploying. With randomness of its own, so that what else happens in a
 * seed is drawn as it was before there were any.
 */
public final class UserOperations {
    private static final long OWN = 0x6f706572L;
    private static final int MOST = 30;
    private static final int TRIES = 100;
    private static final Duration ANSWERED = Duration.ofSeconds(2);
    private static final Duration AGAIN = Duration.ofSeconds(4);

    private final EventQueue queue;
    private final RandomGenerator random;
    private final SimulatedServer server;
    private final Wishes wishes;
    private final Trace trace;
    private final Alterations alterations;
    private final NodeOperations nodes;
    private final NeighbourWishes neighbours;
    /** By deployment that was paused, when it was made. */
    private final Map<String, Instant> held = new HashMap<>();

    private int resumes;
    private boolean over;

    /** @param times so many times as many replicas as in a small fleet */
    public UserOperations(
            long seed,
            EventQueue queue,
            SimulatedServer server,
            Wishes wishes,
            Trace trace,
            NeighbourWishes neighbours,
            int times) {
        this.neighbours = neighbours;
        this.queue = queue;
        this.random = new SplittableRandom(seed ^ OWN);
        this.server = server;
        this.wishes = wishes;
        this.trace = trace;
        this.alterations = new Alterations(random, times);
        this.nodes = new NodeOperations(queue, random, server, trace, neighbours);
    }

    /** Plans them over this time; a quarter of the seeds have none. */
    public void plan(Duration length) {
        int count = random.nextInt(4) == 0 ? 0 : random.nextInt(MOST);
        for (int i = 0; i < count; i++) {
            queue.after(Duration.ofNanos(random.nextLong(length.toNanos())), this::operate);
        }
    }

    /** Drains a node for a while. */
    public void drain() {
        nodes.drain();
    }

    /** Nobody does anything any more. */
    public void end() {
        over = true;
    }

    private void operate() {
        if (over) {
            return;
        }
        List<Deployment> there = server.snapshot().map(ClusterSnapshot::deployments).orElse(List.of()).stream()
                .map(DeploymentView::deployment)
                .filter(it -> !it.deleting() && !wishes.isOpen(it.name()))
                .toList();
        if (there.isEmpty() || server.running().isEmpty()) {
            queue.after(Duration.ofNanos(random.nextLong(AGAIN.toNanos())), this::operate);
            return;
        }
        Deployment one = there.get(random.nextInt(there.size()));
        requireHeld(there);
        switch (random.nextInt(14)) {
            case 0, 1 -> scale(one);
            case 2, 3, 4 -> deploy(one, neighbours.altered(alterations.of(one.spec())));
            case 5 -> rollBack(one);
            case 6 -> restart(one);
            case 7 -> pause(one);
            case 8 -> resume(one);
            case 9 -> promote(there);
            default -> nodes.operate();
        }
    }

    private void scale(Deployment one) {
        if (one.spec().mode() == Mode.REPLICATED) {
            int replicas = alterations.replicas();
            revise(
                    new Command.Scale(one.name(), replicas, one.revision()),
                    one,
                    SpecTable.SPEC.with(one.spec(), Map.of("replicas", replicas)));
        }
    }

    private void deploy(Deployment one, DeploymentSpec altered) {
        trace.add("user", "knows " + altered);
        revise(new Command.Deploy(altered, one.revision()), one, altered);
    }

    private void rollBack(Deployment one) {
        List<RevisionView> older = server.running().orElseThrow().revisions(one.name()).stream()
                .filter(it -> it.number() < one.revision())
                .toList();
        if (!older.isEmpty()) {
            // which one it is if none is named is for the server to say
            RevisionView to = older.get(random.nextBoolean() ? 0 : random.nextInt(older.size()));
            revise(
                    new Command.Rollback(one.name(), to.number(), one.revision()),
                    one,
                    SpecTable.SPEC.with(to.spec(), Map.of("replicas", one.spec().replicas())));
        }
    }

    private void restart(Deployment one) {
        boolean pull = random.nextInt(3) == 0;
        DeploymentSpec again = pull ? SpecTable.SPEC.with(one.spec(), Map.of("pull", PullPolicy.ALWAYS)) : one.spec();
        revise(new Command.Restart(one.name(), pull, one.revision()), one, again);
    }

    private void pause(Deployment one) {
        int resumed = resumes;
        server.command(running -> running.pause(one.name()), (view, failure) -> {
            trace.add("user", "pause of " + one.name() + (failure == null ? " granted" : " failed: " + failure));
            if (failure == null && resumed == resumes) {
                held.put(one.name(), one.createdAt());
            }
        });
    }

    private void resume(Deployment one) {
        resumes++;
        held.remove(one.name());
        server.command(
                running -> running.resume(one.name()),
                (view, failure) -> trace.add(
                        "user", "resume of " + one.name() + (failure == null ? " granted" : " failed: " + failure)));
    }

    /** One that waits for it, if any does. */
    private void promote(List<Deployment> there) {
        List<Deployment> waiting =
                there.stream().filter(UserOperations::waitsForPromotion).toList();
        List<Deployment> some = waiting.isEmpty() ? there : waiting;
        Deployment one = some.get(random.nextInt(some.size()));
        server.command(
                running -> running.promote(one.name()),
                (view, failure) -> trace.add(
                        "user", "promote " + one.name() + (failure == null ? ": granted" : " failed: " + failure)));
    }

    /** Whether its canaries work, or are on their way. */
    private static boolean waitsForPromotion(Deployment one) {
        Rollout rollout = one.rollout();
        boolean moves = rollout.phase() == Rollout.Phase.MOVING && rollout.from() > 0;
        return rollout.phase() == Rollout.Phase.CANARY
                || moves && !rollout.promoted() && one.spec().update().canary() > 0;
    }

    /** What was paused stays so until somebody resumes it. */
    private void requireHeld(List<Deployment> there) {
        for (Deployment one : there) {
            if (one.createdAt().equals(held.get(one.name())) && !one.paused()) {
                throw new InvariantViolation(one.name() + " was paused, and nobody resumed it: " + one);
            }
        }
    }

    /**
     * Ends what waits for people, as an operator does once all works again; what runs by the clock, and stands still, stays so. A commit may yet be lost, as
     * any may whose store was.
     */
    public void endWhatWaits() {
        for (int i = 0; i < TRIES; i++) {
            Optional<ClusterSnapshot> now = server.running().flatMap(running -> server.snapshot());
            List<Command<?>> left = now.map(UserOperations::left).orElse(List.of());
            if (now.isPresent() && left.isEmpty()) {
                return;
            }
            for (Command<?> command : left) {
                server.command(
                        running -> running.run(command, Caller.PROGRAM),
                        (done, failure) -> trace.add(
                                "operator", command.words() + (failure == null ? "" : " failed: " + failure)));
            }
            queue.runFor(ANSWERED);
        }
    }

    private static List<Command<?>> left(ClusterSnapshot snapshot) {
        List<Command<?>> left = new ArrayList<>();
        for (DeploymentView view : snapshot.deployments()) {
            Deployment one = view.deployment();
            if (!one.deleting() && one.paused() && one.spec().mode() != Mode.CRON) {
                left.add(new Command.Resume(one.name(), null));
            } else if (!one.deleting() && waitsForPromotion(one)) {
                left.add(new Command.Promote(one.name(), null));
            }
        }
        left.addAll(NodeOperations.left(snapshot));
        return left;
    }

    /** Of the revision that the user saw, so that it is known what comes of it. */
    private void revise(Command<DeploymentView> command, Deployment seen, DeploymentSpec wanted) {
        trace.add("user", "of revision " + seen.revision() + ": " + command.words());
        wishes.asked(seen.name(), Optional.of(wanted));
        server.command(running -> running.run(command, Caller.PROGRAM), (view, failure) -> {
            trace.add("user", command.words() + (failure == null ? ": granted" : " failed: " + failure));
            wishes.answered(seen.name(), failure, server.snapshot());
        });
    }
}
