package io.knit.testkit.sim.user;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish.Availability;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.sim.host.SimulatedServer;
import io.knit.testkit.sim.host.Trace;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What operators wish of nodes, and of what is on them. */
final class NodeOperations {
    private static final List<String> REGIONS = List.of("eu", "us", "mars");
    private static final List<String> ROLES = List.of("api", "db");
    private static final int MOST_SECONDS = 40;
    private static final int MOST_MOVES = 5;
    private static final int LOOKS = 15;
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final EventQueue queue;
    private final RandomGenerator random;
    private final SimulatedServer server;
    private final Trace trace;
    private final NeighbourWishes neighbours;

    NodeOperations(
            EventQueue queue, RandomGenerator random, SimulatedServer server, Trace trace, NeighbourWishes neighbours) {
        this.neighbours = neighbours;
        this.queue = queue;
        this.random = random;
        this.server = server;
        this.trace = trace;
    }

    /** One of them. */
    void operate() {
        List<Node> there = server.snapshot().map(ClusterSnapshot::nodes).orElse(List.of());
        if (there.isEmpty()) {
            return;
        }
        Node one = there.get(random.nextInt(there.size()));
        switch (random.nextInt(6)) {
            case 0 -> away(one, Availability.DRAINED, null);
            case 1 -> away(one, Availability.DRAINED, seconds());
            case 2 -> away(one, Availability.PAUSED, null);
            case 3 -> label(one);
            case 4 -> command(new Command.Rebalance(1 + random.nextInt(MOST_MOVES)));
            default -> forgetNext(LOOKS);
        }
    }

    /** One that takes work, for a while. */
    void drain() {
        List<Node> there = server.snapshot().map(ClusterSnapshot::nodes).orElse(List.of()).stream()
                .filter(Node::takesWork)
                .toList();
        if (!there.isEmpty()) {
            Node node = neighbours.of(there);
            command(new Command.SetAvailability(node.id(), Availability.DRAINED, null, neighbours.order()));
            queue.after(
                    neighbours.aWhile(), () -> command(new Command.SetAvailability(node.id(), Availability.ACTIVE)));
        }
    }

    /** For a while. */
    private void away(Node node, Availability availability, @Nullable Duration deadline) {
        Boolean startFirst = availability == Availability.DRAINED ? neighbours.order() : null;
        command(new Command.SetAvailability(node.id(), availability, deadline, startFirst));
        queue.after(seconds(), () -> command(new Command.SetAvailability(node.id(), Availability.ACTIVE)));
    }

    private void label(Node node) {
        boolean region = random.nextBoolean();
        List<String> values = region ? REGIONS : ROLES;
        int value = random.nextInt(values.size() + 1);
        command(new Command.LabelNode(
                node.id(),
                Collections.<String, @Nullable String>singletonMap(
                        region ? "region" : "role", value == values.size() ? null : values.get(value))));
    }

    /** The next that is down. */
    private void forgetNext(int looks) {
        Optional<Node> down = server.snapshot().stream()
                .flatMap(snapshot -> snapshot.nodes().stream())
                .filter(node -> node.state() == NodeState.DOWN)
                .findFirst();
        if (down.isPresent()) {
            command(new Command.ForgetNode(down.get().id()));
        } else if (looks > 0) {
            queue.after(LOOK, () -> forgetNext(looks - 1));
        }
    }

    private void command(Command<?> command) {
        trace.add("operator", command.words());
        server.command(
                running -> running.run(command, Caller.PROGRAM),
                (done, failure) -> trace.add(
                        "operator", command.words() + (failure == null ? ": " + done : " failed: " + failure)));
    }

    private Duration seconds() {
        return Duration.ofSeconds(1 + random.nextInt(MOST_SECONDS));
    }

    /** What has every node take work. */
    static List<Command<?>> left(ClusterSnapshot snapshot) {
        return snapshot.nodes().stream()
                .filter(node -> node.wish().availability() != Availability.ACTIVE)
                .<Command<?>>map(node -> new Command.SetAvailability(node.id(), Availability.ACTIVE))
                .toList();
    }
}
