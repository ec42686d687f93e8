package io.knit.testkit.sim;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.SlotVolume;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.sim.check.Wishes;
import io.knit.testkit.sim.host.SimulatedHost;
import io.knit.testkit.sim.host.SimulatedNetwork;
import io.knit.testkit.sim.host.SimulatedServer;
import io.knit.testkit.sim.host.Trace;
import io.knit.testkit.sim.mesh.MeshTroubles;
import io.knit.testkit.sim.mesh.SimulatedMesh;
import io.knit.testkit.sim.user.NeighbourWishes;
import io.knit.testkit.sim.user.UserOperations;
import io.knit.testkit.store.CommitFault;
import io.knit.testkit.transport.InMemoryBus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Users who change their minds, and everything that goes wrong meanwhile. */
final class Chaos {
    private static final double MOST_COMMIT_FAULTS = 0.15;
    private static final double MOST_CALL_FAULTS = 0.2;
    private static final int MOST_CLOCK_JUMPS = 100;
    private static final int MOST_CLOCK_MINUTES = 180;
    /** Another row of random numbers than the others', whatever the seed is. */
    private static final long MODES = 0x6d6f646573L;

    private static final Duration BETWEEN = Duration.ofSeconds(10);
    /** Longer than any stays so. */
    private static final Duration DRAINED = Duration.ofSeconds(50);

    private static final long MESHES = 0x6d6573686573L;
    private static final long VOLUMES = 0x766f6c756d6573L;
    private static final long SILENCES = 0x73696c656e6365L;
    /** So many times as many as elsewhere. */
    private static final int REPLICAS_OF_LARGE = 6;

    private final EventQueue queue;
    private final RandomGenerator random;
    private final List<SimulatedHost> hosts;
    private final SimulatedServer server;
    private final SimulatedNetwork network;
    private final InMemoryBus bus;
    private final Wishes wishes;
    private final Trace trace;
    private final RandomSpecs specs;
    private final NeighbourWishes neighbours;
    private final Strains strains;
    private final @Nullable MeshTroubles mesh;
    private final UserOperations operations;
    private final RandomGenerator volumes;
    private final boolean mixed;
    private boolean over;
    private boolean diskFull;
    /** That all agents share. */
    private final FullDisk disk;

    private int killAfterEvents = -1;
    private Runnable kill = () -> {};

    /** @param related whether what is deployed may have to do with others */
    Chaos(SimulatedFleet fleet, boolean related) {
        queue = fleet.queue();
        random = queue.newRandom();
        hosts = fleet.hosts();
        mixed = fleet.isMixed();
        disk = new FullDisk(hosts.get(0).dataDir().resolveSibling("filler"));
        server = fleet.server();
        network = fleet.network();
        bus = fleet.bus();
        wishes = fleet.wishes();
        trace = fleet.trace();
        specs = new RandomSpecs(
                queue.newRandom(),
                new SplittableRandom(fleet.seed()),
                new SplittableRandom(~fleet.seed()),
                new SplittableRandom(fleet.seed() ^ MODES),
                new SplittableRandom(fleet.seed() ^ ~MODES),
                new SplittableRandom(fleet.seed() ^ SILENCES),
                new SplittableRandom(fleet.seed() ^ ~SILENCES),
                fleet.isLarge() ? REPLICAS_OF_LARGE : 1);
        volumes = new SplittableRandom(fleet.seed() ^ VOLUMES);
        strains = new Strains(fleet, this::command);
        SimulatedMesh there = fleet.mesh();
        // agents of the first release don't follow a clock that is set back
        mesh = there == null
                ? null
                : new MeshTroubles(
                        queue,
                        new SplittableRandom(fleet.seed() ^ MESHES),
                        there,
                        hosts,
                        server,
                        network,
                        trace,
                        !mixed);
        neighbours = new NeighbourWishes(fleet.seed(), related);
        operations = new UserOperations(
                fleet.seed(), queue, server, wishes, trace, neighbours, fleet.isLarge() ? REPLICAS_OF_LARGE : 1);
    }

    /** Users do more than deploy and undeploy. */
    void planOperations(Duration length) {
        operations.plan(length);
    }

    /** Plans commands and faults over this time. */
    void plan(Duration length) {
        int commands = 4 + random.nextInt(14);
        for (int i = 0; i < commands; i++) {
            queue.after(within(length), this::command);
        }
        int faults = random.nextInt(24);
        for (int i = 0; i < faults; i++) {
            queue.after(within(length), this::fault);
        }
        int jumps = random.nextBoolean() ? 0 : random.nextInt(MOST_CLOCK_JUMPS);
        for (int i = 0; i < jumps; i++) {
            queue.after(within(length), this::setClock);
        }
        strains.plan(length);
        if (mesh != null) {
            mesh.plan(length);
        }
        network.weather(part(0.2), part(0.1), part(0.2));
        double commitFaults = part(MOST_COMMIT_FAULTS);
        server.storage()
                .delays(() -> millis(30))
                .faults(() -> noted(strains.commitFault().orElseGet(() -> commitFault(commitFaults))));
        for (SimulatedHost host : hosts) {
            double callFaults = part(MOST_CALL_FAULTS);
            host.engine().script().faults(call -> callFault(call, callFaults));
            host.engine().lifetimes(() -> millis(3000));
            host.engine().script().listLags(() -> millis(2000));
        }
    }

    /** Ends what waits for people. */
    void endWhatWaits() {
        operations.endWhatWaits();
    }

    /** While nothing goes wrong somebody deploys what looks for others, and drains what has it, if users do more. */
    void relate(boolean more) {
        for (int round = 0; round < neighbours.rounds(); round++) {
            DeploymentSpec spec = neighbours.calm();
            if (server.running().isPresent() && !wishes.isOpen(spec.name())) {
                deploy(spec);
            }
            queue.runFor(BETWEEN);
            if (more) {
                operations.drain();
                queue.runFor(DRAINED);
            }
        }
    }

    /** To be called after every event: some kills come after so many events, to fall between any two steps. */
    void afterEvent() {
        if (killAfterEvents >= 0 && killAfterEvents-- == 0) {
            kill.run();
        }
    }

    /** Ends all faults, and has everything start that is down. */
    void end() {
        over = true;
        operations.end();
        killAfterEvents = -1;
        trace.add("chaos", "ends");
        network.calm();
        disk.free();
        strains.end();
        if (mesh != null) {
            mesh.end();
        }
        bus.start();
        server.storage().delays(() -> millis(5)).faults(() -> CommitFault.NONE);
        server.start();
        for (SimulatedHost host : hosts) {
            bus.heal(host.name());
            host.engine().script().hang(false).faults(call -> new EngineFault(EngineFault.Kind.NONE, millis(100)));
            host.engine().setRegistryUp(true);
            if (!host.engine().up()) {
                host.engine().start();
            }
            host.start();
        }
        bus.heal(SimulatedServer.NAME);
    }

    private void command() {
        if (over) {
            return;
        }
        String name = specs.name();
        if (server.running().isEmpty() || wishes.isOpen(name)) {
            // the user tries again
            queue.after(millis(4000), this::command);
            return;
        }
        if (volumes.nextInt(4) == 0) {
            removeVolume();
        }
        if (random.nextInt(5) == 0) {
            undeploy(name);
        } else {
            deploy(neighbours.of(specs.spec(name)));
        }
    }

    private void deploy(DeploymentSpec spec) {
        trace.add("user", "deploys " + describe(spec));
        wishes.asked(spec.name(), Optional.of(spec));
        server.command(running -> running.deploy(spec), (view, failure) -> answered("deploy", spec.name(), failure));
    }

    private void answered(String what, String name, @Nullable Throwable failure) {
        trace.add("user", what + " of " + name + (failure == null ? " granted" : " failed: " + failure));
        wishes.answered(name, failure, server.snapshot());
    }

    private static String describe(DeploymentSpec spec) {
        return spec.name() + " " + spec.image() + " " + spec.mode() + " x" + spec.replicas() + " " + spec.nodeSelector()
                + spec.constraints() + " at most "
                + spec.maxPerNode() + " " + spec.resources() + " " + spec.env()
                + " " + spec.ports() + " " + spec.args() + " near " + spec.near() + " " + spec.volumes();
    }

    private void undeploy(String name) {
        boolean all = volumes.nextBoolean();
        trace.add("user", "undeploys " + name + (all ? " with its volumes" : ""));
        wishes.asked(name, Optional.empty());
        server.command(running -> running.undeploy(name, all), (view, failure) -> answered("undeploy", name, failure));
    }

    /** One that is had by somebody stays, and is refused. */
    private void removeVolume() {
        List<SlotVolume> there = server.snapshot().map(ClusterSnapshot::volumes).orElse(List.of());
        if (!there.isEmpty()) {
            SlotVolume one = there.get(volumes.nextInt(there.size()));
            trace.add("user", "removes the volume " + one.key());
            server.command(
                    running -> running.run(
                            new Command.RemoveVolume(one.deployment(), one.slot(), one.name(), one.node()),
                            Caller.PROGRAM),
                    (view, failure) -> trace.add("user", failure == null ? "may" : "may not: " + failure));
        }
    }

    private void fault() {
        if (over) {
            return;
        }
        SimulatedHost host = hosts.get(random.nextInt(hosts.size()));
        switch (random.nextInt(15)) {
            case 0, 1 -> killSoon(host::kill, host::start);
            case 2, 3 -> killSoon(server::kill, server::start);
            case 4 -> forAWhile(host.name() + " is cut off", () -> bus.cut(host.name()), () -> bus.heal(host.name()));
            case 5 -> {
                boolean fromIt = random.nextBoolean();
                boolean toIt = !fromIt || random.nextBoolean();
                forAWhile(
                        host.name() + " is silent",
                        () -> network.silence(host.name(), fromIt, toIt),
                        () -> network.hear(host.name()));
            }
            case 6 -> forAWhile("the broker is down", bus::stop, bus::start);
            case 7 ->
                forAWhile(host.name() + "'s engine is down", host.engine()::kill, () -> {
                    if (!host.engine().up()) {
                        host.engine().start();
                    }
                });
            case 8 ->
                forAWhile(
                        host.name() + "'s engine hangs",
                        () -> host.engine().script().hang(true),
                        () -> host.engine().script().hang(false));
            case 9 ->
                forAWhile(
                        host.name() + "'s registry is away",
                        () -> host.engine().setRegistryUp(false),
                        () -> host.engine().setRegistryUp(true));
            case 10 ->
                killSoon(
                        () -> {
                            host.kill();
                            server.kill();
                        },
                        () -> {
                            host.start();
                            server.start();
                        });
            case 11 -> forAWhile("the server's disk is full", () -> diskFull = true, () -> diskFull = false);
            case 12 -> forAWhile("the agents' disk is full", disk::fill, disk::free);
            default -> endContainer(host);
        }
    }

    private void killSoon(Runnable kills, Runnable restarts) {
        killAfterEvents = random.nextInt(40);
        Duration away = random.nextBoolean() ? millis(500) : millis(30_000);
        kill = () -> {
            kills.run();
            queue.after(away, restarts);
        };
    }

    private void forAWhile(String what, Runnable begin, Runnable end) {
        trace.add("chaos", what);
        begin.run();
        queue.after(random.nextBoolean() ? millis(2000) : millis(40_000), () -> {
            trace.add("chaos", "no longer: " + what);
            end.run();
        });
    }

    /** Somebody, or a time server, sets a clock, back or forth by hours; nobody sets it right again before all must be well. */
    private void setClock() {
        Duration ahead = Duration.ofMinutes(random.nextInt(-MOST_CLOCK_MINUTES, MOST_CLOCK_MINUTES + 1));
        int whose = random.nextInt(hosts.size() + 1);
        if (over) {
            return;
        }
        if (whose < hosts.size()) {
            hosts.get(whose).setClock(ahead);
        } else if (!mixed || ahead.compareTo(server.clockError()) > 0) {
            // agents of the first release don't follow a server that is started anew with a clock set back:
            // docs/protocol.md says so
            server.setClock(ahead);
        }
    }

    private void endContainer(SimulatedHost host) {
        List<ContainerSnapshot> running = host.engine().containers().stream()
                .filter(container -> container.state() == ContainerState.RUNNING
                        && container.labels().containsKey(KnitLabels.CLUSTER))
                .toList();
        if (!running.isEmpty()) {
            host.engine().end(running.get(random.nextInt(running.size())).id(), random.nextInt(3));
        }
    }

    private CommitFault noted(CommitFault fault) {
        if (fault != CommitFault.NONE) {
            server.fails();
        }
        return fault;
    }

    private CommitFault commitFault(double share) {
        if (diskFull) {
            return CommitFault.FAIL;
        }
        if (random.nextDouble() >= share) {
            return CommitFault.NONE;
        }
        return switch (random.nextInt(6)) {
            case 0 -> CommitFault.CRASH_BEFORE;
            case 1 -> CommitFault.CRASH_AFTER;
            case 2 -> CommitFault.FAIL_AFTER;
            case 3 -> CommitFault.FAIL_IN_DOUBT;
            default -> CommitFault.FAIL;
        };
    }

    private EngineFault callFault(EngineCall call, double share) {
        Duration delay = random.nextInt(20) == 0 ? millis(8000) : millis(300);
        if (random.nextDouble() >= share) {
            return new EngineFault(EngineFault.Kind.NONE, delay);
        }
        EngineFault.Kind kind = switch (random.nextInt(6)) {
            case 0 -> EngineFault.Kind.HANG;
            case 1 -> EngineFault.Kind.HANG_LATE;
            case 2, 3 -> EngineFault.Kind.FAIL_LATE;
            default -> EngineFault.Kind.FAIL;
        };
        return new EngineFault(call == EngineCall.SNAPSHOT ? EngineFault.Kind.FAIL : kind, delay);
    }

    /** Half of the runs have none of it, so that a fault also meets an otherwise healthy fleet. */
    private double part(double most) {
        return random.nextBoolean() ? 0 : random.nextDouble() * most;
    }

    private Duration within(Duration length) {
        return Duration.ofNanos(random.nextLong(length.toNanos()));
    }

    private Duration millis(int most) {
        return Duration.ofNanos(random.nextLong(most * 1_000_000L));
    }
}
