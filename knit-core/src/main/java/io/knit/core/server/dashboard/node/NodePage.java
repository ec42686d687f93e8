package io.knit.core.server.dashboard.node;

import io.knit.api.command.Caller;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.Liveness;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Reservation;
import io.knit.api.spi.Cores;
import io.knit.core.server.dashboard.show.InstanceWords;
import io.knit.core.server.dashboard.show.NodeRows;
import io.knit.core.server.dashboard.show.Tones;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What the page of one node shows: who says what of it, how much of it is free, and what it has. */
record NodePage(
        String id,
        String state,
        String tone,
        String words,
        String availability,
        boolean down,
        Map<String, String> labels,
        Map<String, String> facts,
        List<NodeRows.Seen> seen,
        List<Room> room,
        List<Tenant> instances,
        int moreInstances,
        int unseen) {

    private static final int MAX_INSTANCES = 200;

    /** How much of one thing it has, keeps, has set aside and has left. */
    record Room(String what, String has, String kept, String reserved, String free) {}

    private record Lodger(DeploymentView view, Instance instance) {}

    /** An instance there, as it is shown. */
    record Tenant(
            String id, String deployment, String slot, String state, String tone, String reserved, String reason) {}

    /**
     * Of a node.
     *
     * @param whole with what the visitor does not see: it takes room, too
     */
    static NodePage of(Node node, ClusterSnapshot whole, Caller visitor, Liveness liveness) {
        List<Lodger> lodgers = new ArrayList<>();
        Reservation reserved = Reservation.NONE;
        int unseen = 0;
        for (DeploymentView view : whole.deployments()) {
            for (Instance instance : view.instances()) {
                if (node.id().equals(instance.node())) {
                    reserved = reserved.plus(instance.setAside());
                    if (visitor.isFor(view.name())) {
                        lodgers.add(new Lodger(view, instance));
                    } else {
                        unseen++;
                    }
                }
            }
        }
        lodgers.sort(Comparator.comparing(Lodger::instance, Tones.BY_NEED)
                .thenComparing(lodger -> lodger.view().name()));
        return new NodePage(
                node.id(),
                NodeRows.state(node),
                Tones.of(node),
                NodeRows.words(node),
                node.wish().availability().wireName(),
                node.state() == NodeState.DOWN,
                node.labels(),
                facts(node),
                NodeRows.Seen.of(liveness),
                node.capacity().isKnown() ? room(node, reserved) : List.of(),
                lodgers.stream()
                        .limit(MAX_INSTANCES)
                        .map(lodger -> tenant(lodger.view(), lodger.instance(), liveness))
                        .toList(),
                Math.max(0, lodgers.size() - MAX_INSTANCES),
                unseen);
    }

    private static Tenant tenant(DeploymentView view, Instance instance, Liveness liveness) {
        Reservation own = instance.setAside();
        return new Tenant(
                instance.id(),
                view.name(),
                instance.slotKey().toString(),
                InstanceWords.state(instance),
                Tones.of(instance),
                own.isNone() ? "" : Cores.text(own.cpu()) + " CPU, " + memory(own.memory()),
                InstanceWords.reason(instance, view.deployment().spec(), liveness.absence()));
    }

    private static Map<String, String> facts(Node node) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Host", node.hostname());
        facts.put("Mesh address", Objects.requireNonNullElse(node.meshIp(), ""));
        facts.put("Containers at", String.join(", ", node.facts().containerSubnets()));
        facts.put("Not reached", node.facts().routesFault());
        facts.put("Without names", node.facts().namesFault());
        facts.put("System", (node.facts().os() + " " + node.facts().arch()).strip());
        facts.put("Engine", node.engineVersion());
        facts.put("Agent", node.agentVersion());
        facts.put("In this state since", NodeRows.CLOCK.format(node.changedAt()) + " UTC");
        facts.values().removeIf(String::isEmpty);
        return facts;
    }

    private static List<Room> room(Node node, Reservation reserved) {
        Reservation kept = node.reserve();
        Reservation free = node.free(reserved);
        List<Room> rooms = new ArrayList<>();
        rooms.add(new Room(
                "CPU",
                Integer.toString(node.capacity().cpus()),
                Cores.text(kept.cpu()),
                Cores.text(reserved.cpu()),
                Cores.text(free.cpu())));
        rooms.add(new Room(
                "Memory",
                memory(node.capacity().memoryBytes()),
                memory(kept.memory()),
                memory(reserved.memory()),
                memory(free.memory())));
        if (node.capacity().gpus() > 0) {
            rooms.add(new Room(
                    "GPUs",
                    Integer.toString(node.capacity().gpus()),
                    Integer.toString(kept.gpus()),
                    Integer.toString(reserved.gpus()),
                    Integer.toString(free.gpus())));
        }
        return rooms;
    }

    private static String memory(long bytes) {
        return String.format(Locale.ROOT, "%.2f GiB", NodeRows.gibibytes(bytes));
    }
}
