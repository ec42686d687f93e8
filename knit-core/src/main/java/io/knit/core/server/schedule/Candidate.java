package io.knit.core.server.schedule;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.Strategy;
import io.knit.core.server.schedule.fit.Filters;
import io.knit.core.server.schedule.fit.Left;
import io.knit.core.server.schedule.fleet.Account;
import io.knit.core.server.schedule.fleet.Bits;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Ranking;
import io.knit.core.server.schedule.wish.Wish;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * A node that fits an instance, with all by which {@link Scheduler} prefers one to another; what is lower is better. Two are equal in it where only
 * the tie between them decides.
 *
 * @param rank of the node itself: which makes it ready, and which rejected it
 * @param value what the node counts as where instances are even over something
 * @param ofValue how many of the deployment are on nodes of that value
 * @param liking the sum of the weights of what it meets, and of what scorers give it
 * @param own how many of the deployment it has; 0 where that does not count
 * @param live how many it has of all
 * @param fill how full it is, from 0 to 65,535
 * @param near which of those it has near which it had better be
 * @param scores what each scorer gives it, by its name; empty where there are none
 */
public record Candidate(
        String node,
        int rank,
        String value,
        int ofValue,
        int liking,
        int own,
        int live,
        int fill,
        Strategy strategy,
        List<String> near,
        Map<String, Integer> scores) {
    /** By what they are compared, in its order. */
    private enum Measure {
        RANK(Candidate::rank),
        VALUE(Candidate::ofValue),
        LIKING(candidate -> -candidate.liking),
        OWN(candidate -> candidate.strategy == Strategy.SPREAD ? candidate.own : 0),
        FILL(candidate -> candidate.strategy == Strategy.SPREAD ? 0 : -candidate.fill),
        LIVE(candidate -> candidate.strategy == Strategy.SPREAD ? candidate.live : -candidate.live);

        private final ToIntFunction<Candidate> of;

        Measure(ToIntFunction<Candidate> of) {
            this.of = of;
        }
    }

    private static final Comparator<Candidate> BETTER = (a, b) -> {
        for (Measure measure : Measure.values()) {
            int better = Integer.compare(measure.of.applyAsInt(a), measure.of.applyAsInt(b));
            if (better != 0) {
                return better;
            }
        }
        return 0;
    };

    /**
     * All nodes that would take an instance, the best first.
     *
     * @param fleet without the instance
     */
    public static List<Candidate> of(Fleet fleet, Instance instance, DeploymentSpec spec, Instant now) {
        Wish wish = Wish.of(instance, spec, now);
        Ranking ranking = wish.ranking();
        Map<String, Integer> ofDeployment = fleet.liveOf(wish.deployment());
        Map<String, Integer> counts =
                ranking.spreadBy().isEmpty() ? Map.of() : Offer.counts(ranking, ofDeployment, fleet);
        List<Candidate> candidates = new ArrayList<>();
        Bits asked = fleet.admitting(wish);
        for (int place = asked.next(0); place >= 0; place = asked.next(place + 1)) {
            Account account = fleet.at(place);
            Left left = Left.of(account, wish, fleet);
            Node node = Objects.requireNonNull(account.node());
            if (Filters.refuse(wish, node, left, fleet) == null) {
                String value = ranking.value(node);
                candidates.add(new Candidate(
                        node.id(),
                        Seat.rank(wish, node.id()),
                        value,
                        counts.getOrDefault(value, 0),
                        fleet.liking(ranking, spec, node),
                        ofDeployment.getOrDefault(node.id(), 0),
                        account.live(),
                        account.fill(account.free()),
                        ranking.strategy(),
                        fleet.near(ranking, node),
                        fleet.scorers().each(spec, node)));
            }
        }
        candidates.sort(BETTER.thenComparing(Candidate::node));
        return candidates;
    }

    /** Whether it is to be preferred, and not by the tie alone. */
    public boolean isBetterThan(Candidate other) {
        return BETTER.compare(this, other) < 0;
    }

    /** Whether it is better by something else than how many instances of all it has. */
    public boolean isBetterBesidesLoadThan(Candidate other) {
        for (Measure measure : Measure.values()) {
            int better = Integer.compare(measure.of.applyAsInt(this), measure.of.applyAsInt(other));
            if (better != 0) {
                return better < 0 && measure != Measure.LIVE;
            }
        }
        return false;
    }

    /**
     * Why it is better than another, as the end of "n1 …": {@code has 0 of web, and n2 2}. Empty: it is not.
     */
    public String against(Candidate other, String deployment, String spreadBy) {
        for (Measure measure : Measure.values()) {
            int better = Integer.compare(measure.of.applyAsInt(this), measure.of.applyAsInt(other));
            if (better != 0) {
                return better > 0 ? "" : words(measure, other, deployment, spreadBy);
            }
        }
        return "";
    }

    private String words(Measure measure, Candidate other, String deployment, String spreadBy) {
        return switch (measure) {
            case RANK -> rank == 0 ? "has made it ready" : "did not reject it, as " + other.node + " did";
            case VALUE ->
                "has " + spreadBy + "=" + value + ", where " + ofValue + " of " + deployment + " are, and on "
                        + other.value + ", as " + other.node + " is, " + other.ofValue;
            case LIKING -> liked(other);
            case OWN -> "has " + own + " of " + deployment + ", and " + other.node + " " + other.own;
            case FILL -> "is " + percent(fill) + " full, and " + other.node + " " + percent(other.fill);
            case LIVE -> "has " + live + " of all, and " + other.node + " " + other.live;
        };
    }

    private String liked(Candidate other) {
        if (scores.isEmpty() && near.isEmpty() && other.near.isEmpty()) {
            return "meets preferences of the weight " + liking + ", and " + other.node + " of " + other.liking;
        }
        if (liking - other.liking == weight(near) - weight(other.near)) {
            String others = other.near.isEmpty() ? "none of that" : String.join(", ", other.near);
            return "has " + String.join(", ", near) + ", near which it is to be, and " + other.node + " has " + others;
        }
        return "is liked with " + liking + ", and " + other.node + " with " + other.liking + ": preferences "
                + preferred() + " and " + other.preferred()
                + (near.isEmpty() && other.near.isEmpty()
                        ? ""
                        : ", near " + weight(near) + " and " + weight(other.near))
                + scores.keySet().stream()
                        .map(name -> ", scorer " + name + " " + scores.get(name) + " and " + other.scores.get(name))
                        .collect(Collectors.joining());
    }

    private int preferred() {
        return liking
                - weight(near)
                - scores.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static int weight(List<String> near) {
        return near.size() * DeploymentSpec.NEAR_WEIGHT;
    }

    private static String percent(int fill) {
        return Math.round(fill * 100f / 0xffff) + " %";
    }
}
