package io.knit.core.server.schedule.fit;

import io.knit.api.model.Node;
import io.knit.core.server.schedule.fleet.Account;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Pins;
import io.knit.core.server.schedule.wish.Wish;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Why no node fits a wish. A value: the same fleet gives the same one, whoever asks and when, so that what waits is written anew
 * only when there is something new to say.
 *
 * @param nodes how many were looked at
 * @param reasons by cause, in the order of {@link Misfit}
 * @param apart where the volumes of its slot are, if they are on several nodes, so that none was looked at; else empty
 */
public record Refusal(int nodes, List<Reason> reasons, String apart) {
    private static final int NAMED = 3;

    /**
     * @param nodes how many have this cause
     * @param samples the first of them by id
     * @param alike whether the words of the samples are true for all
     */
    public record Reason(Misfit cause, int nodes, List<Sample> samples, boolean alike) {
        public Reason {
            samples = List.copyOf(samples);
        }
    }

    /**
     * @param words the end of "n1 …"
     */
    public record Sample(String node, String words) {}

    public Refusal {
        reasons = List.copyOf(reasons);
    }

    /**
     * @param shut nodes that fitted before the group's first instances were placed, with their cause
     */
    public static Refusal of(Wish wish, Fleet fleet, Map<String, Shut> shut) {
        Map<Misfit, Count> counts = new EnumMap<>(Misfit.class);
        List<Account> asked = fleet.asked(wish);
        for (Account account : asked) {
            Node node = Objects.requireNonNull(account.node());
            Shut taken = shut.get(node.id());
            Left left = taken == null ? Left.of(account, wish, fleet) : taken.left();
            Misfit cause = taken == null ? Filters.refuse(wish, node, left, fleet) : taken.cause();
            if (cause == null) {
                throw new IllegalStateException(node.id() + " fits " + wish + " and was not taken");
            }
            counts.computeIfAbsent(cause, c -> new Count())
                    .add(node.id(), () -> Filters.words(cause, wish, node, left, fleet));
        }
        List<Reason> reasons = new ArrayList<>();
        counts.forEach((cause, count) -> reasons.add(count.reason(cause)));
        Pins.Pin pin = wish.pin();
        return new Refusal(asked.size(), reasons, pin != null && pin.node().isEmpty() ? "\"" + pin.volume() : "");
    }

    /** What the nodes that don't fit have against a wish that has found others, of those that are looked at. */
    public static Refusal besides(Wish wish, Fleet fleet, List<Account> looked) {
        Map<Misfit, Count> counts = new EnumMap<>(Misfit.class);
        int unfit = 0;
        for (Account account : looked) {
            Node node = Objects.requireNonNull(account.node());
            Left left = Left.of(account, wish, fleet);
            Misfit cause = Filters.refuse(wish, node, left, fleet);
            if (cause != null) {
                unfit++;
                counts.computeIfAbsent(cause, c -> new Count())
                        .add(node.id(), () -> Filters.words(cause, wish, node, left, fleet));
            }
        }
        List<Reason> reasons = new ArrayList<>();
        counts.forEach((cause, count) -> reasons.add(count.reason(cause)));
        return new Refusal(unfit, reasons, "");
    }

    /** A node that the group itself has filled. */
    public record Shut(Misfit cause, Left left) {}

    private static final class Count {
        private final List<Sample> samples = new ArrayList<>();
        private int nodes;
        private boolean alike = true;

        void add(String node, Supplier<String> words) {
            nodes++;
            if (samples.size() < NAMED) {
                samples.add(new Sample(node, words.get()));
                alike = alike
                        && samples.get(0)
                                .words()
                                .equals(samples.get(samples.size() - 1).words());
            } else {
                alike = alike && samples.get(0).words().equals(words.get());
            }
        }

        Reason reason(Misfit cause) {
            return new Reason(cause, nodes, samples, alike);
        }
    }

    public boolean has(Misfit cause) {
        for (Reason reason : reasons) {
            if (reason.cause() == cause) {
                return true;
            }
        }
        return false;
    }

    /** Whether it speaks of the node by name. */
    public boolean names(String node) {
        for (Reason reason : reasons) {
            for (Sample sample : reason.samples()) {
                if (sample.node().equals(node)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** As a user reads it. */
    public String sentence() {
        if (!apart.isEmpty()) {
            return "no node has all volumes of its slot: " + apart
                    + "; remove what is not needed of them (knit volume rm), or deploy it without one of them";
        }
        if (nodes == 0) {
            return "no node fits: no agent has joined yet; start one with 'knit agent start'";
        }
        return "no node fits (" + nodes + (nodes == 1 ? " node" : " nodes") + " looked at): "
                + String.join("; ", parts(reasons.size()))
                + (has(Misfit.HOST_PORT) ? "; free it or choose another host_port" : "");
    }

    /** What is said of each cause, of the first so many. */
    public List<String> parts(int most) {
        List<String> parts = new ArrayList<>();
        reasons.stream().limit(most).forEach(reason -> say(reason, parts));
        return parts;
    }

    private static void say(Reason reason, List<String> parts) {
        Map<String, List<String>> nodesByWords = new LinkedHashMap<>();
        for (Sample sample : reason.samples()) {
            nodesByWords.computeIfAbsent(sample.words(), w -> new ArrayList<>()).add(sample.node());
        }
        int others = reason.nodes() - reason.samples().size();
        String alike = reason.alike() && others > 0 ? " and " + others + " more" : "";
        nodesByWords.forEach((words, nodes) -> parts.add(String.join(", ", nodes) + alike + " " + words));
        if (!reason.alike() && others > 0) {
            parts.add("and " + others + " more " + reason.cause().ofOthers);
        }
    }
}
