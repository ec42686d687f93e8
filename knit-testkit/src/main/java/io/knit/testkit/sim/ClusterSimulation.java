package io.knit.testkit.sim;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.AgentTiming;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Mode;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.time.Duration;
import java.util.Objects;

/**
 * A server and three to five agents (fifty in one seed of sixty) with their engines, stores and disks, run by one thread on virtual time from one seed: users deploy
 * and undeploy, messages are lost, late and doubled, processes die between any two steps, engines and stores fail, hang and restart. What
 * must never happen is checked after every event, and once faults have stopped, what must be there in the end.
 *
 * <pre>{@code
 * ClusterSimulation.Outcome outcome = ClusterSimulation.withSeed(seed).run();
 * }</pre>
 */
public final class ClusterSimulation {
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final Duration STILL = Duration.ofSeconds(45);
    private static final Duration A_MINUTE_MORE = Duration.ofMinutes(1);
    private static final Duration UNDER_WAY = Duration.ofSeconds(25);

    static final int MANY_NODES = 50;
    /** Of so many seeds that follow each other one plays with many nodes, which takes as long as a dozen others. */
    private static final int ONE_OF = 60;

    private static final int SHORT = 5;
    /** Stored and shown are compared so often while all goes wrong. */
    private static final int LOOKS = 8;

    /** Of all hosts together, fifty at most, each of which may have 64 KiB of names; small enough to be filled. */
    private static final long DISKS = 16L << 20;

    private final long seed;
    private AgentTiming timing = AgentTiming.DEFAULT;
    private boolean operations;
    private boolean witnesses = true;
    private boolean neighbours = true;

    private ClusterSimulation(long seed) {
        this.seed = seed;
    }

    public static ClusterSimulation withSeed(long seed) {
        return new ClusterSimulation(seed);
    }

    /** The agents' timing, for experiments. */
    public ClusterSimulation agentTiming(AgentTiming timing) {
        this.timing = Objects.requireNonNull(timing, "timing");
        return this;
    }

    /** Whether users do more than deploy and undeploy: they do not, unless told. */
    public ClusterSimulation operations(boolean operations) {
        this.operations = operations;
        return this;
    }

    /** Whether the server's host is on the mesh that some seeds have, and so has a second witness of its nodes: it is, in two of three of these, unless told. */
    public ClusterSimulation witnesses(boolean witnesses) {
        this.witnesses = witnesses;
        return this;
    }

    /**
     * Whether deployments may have to do with others: are near them, share their volumes, leave a drained node in an order that its drain says. They do, in half of
     * the seeds, unless told.
     */
    public ClusterSimulation neighbours(boolean neighbours) {
        this.neighbours = neighbours;
        return this;
    }

    /**
     * Runs it.
     *
     * @return what was run; equal for equal seeds
     * @throws AssertionError if something happened that must not, with the last events and how to run the seed again
     */
    public Outcome run() {
        try (FileSystem disks = disks()) {
            int nodes = Math.floorMod(seed, ONE_OF) == 0 ? MANY_NODES : 0;
            SimulatedFleet fleet = new SimulatedFleet(seed, disks, timing, true, nodes, witnesses);
            try {
                play(fleet);
            } catch (RuntimeException e) {
                throw fleet.failure(
                        e,
                        (operations ? " -Dknit.sim.operations=true" : "")
                                + (witnesses ? "" : " -Dknit.sim.witnesses=false")
                                + (neighbours ? "" : " -Dknit.sim.neighbours=false"));
            }
            return new Outcome(fleet.queue().happened(), fleet.trace().hash());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FileSystem disks() {
        return Jimfs.newFileSystem(Configuration.unix().toBuilder()
                .setAttributeViews("posix")
                .setMaxSize(DISKS)
                .build());
    }

    private void play(SimulatedFleet fleet) {
        Chaos chaos = new Chaos(fleet, neighbours);
        fleet.start(chaos::afterEvent);
        Duration length = Duration.ofSeconds(20 + fleet.random().nextInt(100));
        if (fleet.isLarge()) {
            length = length.dividedBy(SHORT);
        } else if (fleet.mesh() != null) {
            // who is heard of on the mesh is waited for a minute
            length = length.plus(A_MINUTE_MORE);
        }
        chaos.plan(length);
        if (operations) {
            chaos.planOperations(length);
        }
        for (int i = 0; i < LOOKS; i++) {
            fleet.queue().runFor(length.dividedBy(LOOKS));
            Stored.isWhatIsShown(fleet);
        }
        chaos.end();
        chaos.endWhatWaits();
        fleet.settle(PATIENCE);
        // a command that was on its way
        chaos.endWhatWaits();
        chaos.relate(operations);
        stopClocks(fleet);
        fleet.settle(PATIENCE);
        // calls to an engine that were under way then end within their deadline, and may undo it once more
        fleet.queue().runFor(UNDER_WAY);
        fleet.settle(PATIENCE);
        fleet.stayStill(STILL);
        Stored.keepsWhatIsWell(fleet);
        // an instance that no node can take is tried for ever, and seen on its way now and then
        fleet.settle(STILL);
        Promptness.endsAreSeenSoon(fleet);
        fleet.settle(PATIENCE);
        Stored.isWhatIsShown(fleet);
    }

    private static final int TRIES = 10;

    /** What runs by the clock would never let anything be still. */
    private static void stopClocks(SimulatedFleet fleet) {
        fleet.runUntil(() -> fleet.server().running().isPresent());
        for (DeploymentView view : fleet.orchestrator().snapshot().deployments()) {
            if (view.deployment().spec().mode() == Mode.CRON) {
                stopClock(fleet, view.name());
            }
        }
    }

    /** A commit may yet be lost, as any may whose store was. */
    private static void stopClock(SimulatedFleet fleet, String name) {
        for (int i = 0; i < TRIES && !fleet.deployment(name).deployment().paused(); i++) {
            Future<?> paused = fleet.orchestrator().run(new Command.Pause(name, null), Caller.PROGRAM);
            fleet.runUntil(paused::isComplete);
            fleet.runUntil(() -> fleet.server().running().isPresent());
            if (paused.failed()) {
                fleet.runFor(Duration.ofSeconds(2));
            }
        }
    }

    /**
     * A run that kept all its promises.
     *
     * @param events how many events there were
     * @param history fingerprint of what happened
     */
    public record Outcome(long events, long history) {}
}
