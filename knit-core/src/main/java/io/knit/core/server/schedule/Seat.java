package io.knit.core.server.schedule;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Strategy;
import io.knit.core.server.schedule.fit.Left;
import io.knit.core.server.schedule.fleet.Account;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Group;
import io.knit.core.server.schedule.wish.Wish;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A node that fits, while a group is being placed: with what it was given of the group already. */
final class Seat implements Comparable<Seat> {
    /** So many of one deployment, or of all, are on no node. */
    private static final int MOST = (1 << 22) - 1;
    /** So much all preferences, neighbours and scorers together can't weigh. */
    private static final int MOST_LIKED = (1 << 13) - 1;

    private static final int MOST_FILLED = 0xffff;

    private final Account account;
    private final Wish wish;
    private final DeploymentSpec spec;
    private final Fleet fleet;
    private final int liking;
    private final int tie;
    private int own;
    private int live;
    /** Made when it is asked for: most seats are never taken. */
    private @Nullable Left left;
    /** Likewise: scorers are another's code. */
    private @Nullable Map<String, Integer> scores;

    /**
     * Lower is better, in the highest bits that of the node itself: the one that makes it ready, those that never rejected it, those that did,
     * the longest ago first; then what is preferred; then how many of the deployment it has, and how many of all; or how empty it is.
     */
    private long order;

    Seat(Group group, Account account, Fleet fleet, int ofDeployment) {
        this.wish = group.wish();
        this.spec = group.spec();
        this.account = account;
        this.fleet = fleet;
        this.own = ofDeployment;
        this.live = account.live();
        this.liking = Math.min(MOST_LIKED, fleet.liking(wish.ranking(), group.spec(), node()));
        this.tie = mix((wish.deployment().hashCode() + wish.lot()) * 31 + account.hash());
        this.order = order();
    }

    /** Whether the node comes first or last whatever else is true of it. */
    static int rank(Wish wish, String node) {
        if (wish.ready() != null && wish.ready().equals(node)) {
            return 0;
        }
        return wish.avoid().isEmpty() ? 1 : 2 + wish.avoid().indexOf(node);
    }

    private long order() {
        long rank = (long) rank() << 57;
        if (wish.isDrawn()) {
            return rank;
        }
        long disliked = (long) (MOST_LIKED - liking) << 44;
        long all = Math.min(live, MOST);
        long load = wish.ranking().strategy() == Strategy.SPREAD
                ? (long) Math.min(own, MOST) << 22 | all
                : (long) (MOST_FILLED - account.fill(left == null ? account.free() : left.free())) << 22 | MOST - all;
        return rank | disliked | load;
    }

    int rank() {
        return rank(wish, account.id());
    }

    /**
     * As it may be compared with another.
     *
     * @param ofValue how many of the deployment are on nodes of its value
     */
    Candidate candidate(int ofValue) {
        return new Candidate(
                account.id(),
                rank(),
                wish.ranking().value(node()),
                ofValue,
                liking,
                own,
                live,
                account.fill(left == null ? account.free() : left.free()),
                wish.ranking().strategy(),
                fleet.near(wish.ranking(), node()),
                scores());
    }

    private Map<String, Integer> scores() {
        Map<String, Integer> known = scores;
        if (known == null) {
            known = fleet.scorers().each(spec, node());
            scores = known;
        }
        return known;
    }

    Node node() {
        return Objects.requireNonNull(account.node());
    }

    Left left() {
        Left known = left;
        if (known == null) {
            known = Left.of(account, wish, fleet);
            left = known;
        }
        return known;
    }

    /** Whether there is room for one more of the group; of ports nothing is said. */
    boolean isOpen() {
        return left().isOpenTo(wish);
    }

    void take(String instance, List<PortBinding> taken) {
        own++;
        live++;
        left = left().after(wish, instance, taken);
        order = order();
    }

    @Override
    public int compareTo(Seat other) {
        int better = Long.compare(order, other.order);
        better = better == 0 ? Integer.compare(tie, other.tie) : better;
        return better == 0 ? account.id().compareTo(other.account.id()) : better;
    }

    /** Every bit of the sum has a say in every bit of the result, else nodes that are numbered would keep their order for all deployments. */
    static int mix(int sum) {
        int mixed = (sum ^ sum >>> 16) * 0x85ebca6b;
        mixed = (mixed ^ mixed >>> 13) * 0xc2b2ae35;
        return mixed ^ mixed >>> 16;
    }
}
