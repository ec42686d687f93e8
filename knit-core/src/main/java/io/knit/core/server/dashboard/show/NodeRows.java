package io.knit.core.server.dashboard.show;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Instance;
import io.knit.api.model.Liveness;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.NodeWish.Availability;
import io.knit.api.model.Peer;
import io.knit.api.model.Reservation;
import io.knit.api.model.Testimony;
import io.knit.api.spi.Cores;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The nodes as the page lists them, first those that need a look. */
public final class NodeRows {
    public static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private NodeRows() {}

    /**
     * One of them.
     *
     * @param page where more of it stands; null: it has no agent
     * @param aside how much is on it, where it is, what it has
     * @param seen what the witnesses say of one that is not ready
     */
    public record Row(
            String id,
            @Nullable String page,
            String hostname,
            String state,
            String tone,
            Map<String, String> labels,
            String aside,
            String words,
            List<Seen> seen,
            String availability) {}

    /**
     * What a witness says.
     *
     * @param at when it last saw the host, for programs, and {@code clock} for people; empty: never
     */
    public record Seen(String witness, String tone, String words, String at, String clock) {
        public static List<Seen> of(Liveness liveness) {
            return liveness.testimonies().stream().map(Seen::of).toList();
        }

        private static Seen of(Testimony testimony) {
            return new Seen(
                    testimony.witness().wireName(),
                    testimony.alive() ? "good" : "warn",
                    testimony.words(),
                    testimony.at() == null ? "" : testimony.at().toString(),
                    testimony.at() == null ? "" : CLOCK.format(testimony.at()) + " UTC");
        }
    }

    /**
     * Those of the first so many.
     *
     * @param snapshot whole, whoever looks: what others have there is not free for him
     */
    public static List<Row> of(ClusterSnapshot snapshot, int most, Function<String, Liveness> liveness) {
        Map<String, Long> instances = new HashMap<>();
        Map<String, Reservation> reserved = new HashMap<>();
        snapshot.deployments()
                .forEach(view -> view.instances().forEach(instance -> count(instance, instances, reserved)));
        List<Row> rows = new ArrayList<>();
        Stream<Node> nodes = snapshot.nodes().stream()
                .sorted(Comparator.comparingInt((Node node) -> Tones.rank(Tones.of(node)))
                        .thenComparing(Node::takesWork)
                        .thenComparing(Node::id));
        nodes.limit(most)
                .forEach(node -> rows.add(row(
                        node,
                        instances.getOrDefault(node.id(), 0L),
                        reserved.getOrDefault(node.id(), Reservation.NONE),
                        node.state() == NodeState.READY ? Liveness.UNKNOWN : liveness.apply(node.id()))));
        snapshot.discovered().stream().limit(most - rows.size()).forEach(peer -> rows.add(row(peer)));
        return rows;
    }

    private static void count(Instance instance, Map<String, Long> instances, Map<String, Reservation> reserved) {
        String node = instance.node();
        if (node != null) {
            reserved.merge(node, instance.setAside(), Reservation::plus);
            instances.merge(node, instance.state().isEnd() ? 0L : 1L, Long::sum);
        }
    }

    private static Row row(Node node, long instances, Reservation reserved, Liveness liveness) {
        return new Row(
                node.id(),
                "/dashboard/nodes/" + node.id(),
                node.hostname(),
                state(node),
                Tones.of(node),
                node.labels(),
                aside(
                        instances == 0 ? "" : instances == 1 ? "1 instance" : instances + " instances",
                        Objects.requireNonNullElse(node.meshIp(), ""),
                        capacity(node, reserved),
                        node.engineVersion().isEmpty() ? "" : "engine " + node.engineVersion()),
                words(node),
                Seen.of(liveness),
                node.wish().availability().wireName());
    }

    private static String aside(String... known) {
        return Stream.of(known).filter(word -> !word.isEmpty()).collect(Collectors.joining(" · "));
    }

    public static String state(Node node) {
        return isResting(node)
                ? node.wish().availability().wireName()
                : node.state().wireName();
    }

    /** Whether nothing but people's wish keeps it from taking work. */
    static boolean isResting(Node node) {
        return node.state() == NodeState.READY && node.wish().availability() != Availability.ACTIVE;
    }

    public static String words(Node node) {
        String words = node.condition().isEmpty() ? node.reason() : node.condition();
        NodeWish wish = node.wish();
        if (wish.availability() == Availability.ACTIVE) {
            return words;
        }
        String wished = wish.availability().wireName()
                + (wish.by().isEmpty() ? "" : " by " + wish.by())
                + (wish.deadline() == null ? "" : ", empty by " + CLOCK.format(wish.deadline()) + " UTC");
        return words.isEmpty() ? wished : wished + "; " + words;
    }

    /** {@code 4 CPU (0.5 reserved) · 8.0 GiB (1.5 reserved)}; what it keeps for itself counts as reserved. */
    private static String capacity(Node node, Reservation reserved) {
        if (node.capacity().cpus() == 0) {
            return "";
        }
        Reservation all = reserved.isNone() ? reserved : reserved.plus(node.reserve());
        String cpu = all.isNone() ? "" : " (" + Cores.text(all.cpu()) + " reserved)";
        String memory = all.isNone() ? "" : String.format(Locale.ROOT, " (%.1f reserved)", gibibytes(all.memory()));
        String gpus = node.capacity().gpus() == 0
                ? ""
                : " · " + node.capacity().gpus() + " GPU" + (all.gpus() == 0 ? "" : " (" + all.gpus() + " reserved)");
        return node.capacity().cpus() + " CPU" + cpu + " · "
                + String.format(
                        Locale.ROOT, "%.1f GiB", gibibytes(node.capacity().memoryBytes())) + memory + gpus;
    }

    public static double gibibytes(long bytes) {
        return bytes / (double) (1L << 30);
    }

    private static Row row(Peer peer) {
        String name = peer.hostname().isEmpty() ? peer.meshIp() : peer.hostname();
        return new Row(
                name,
                null,
                peer.hostname(),
                NodeState.DISCOVERED.wireName(),
                "quiet",
                Map.of(),
                peer.meshIp(),
                "no agent has spoken; start one there",
                List.of(),
                "");
    }
}
