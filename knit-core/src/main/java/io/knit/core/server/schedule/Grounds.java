package io.knit.core.server.schedule;

import io.knit.api.model.Mode;
import io.knit.core.server.schedule.fit.Refusal;
import io.knit.core.server.schedule.fleet.Account;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Group;
import io.knit.core.server.schedule.wish.Pins;
import io.knit.core.server.schedule.wish.Wish;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why the instances of a group go where they go, in few words: what is better of its node than of the next best, and, once for the group, what is against nodes
 * that don't fit.
 */
final class Grounds {
    /** So many nodes are asked, the first by their ids: this is for people, and a fleet may have thousands. */
    static final int MOST_LOOKED = 32;
    /** So many causes are told, each with the nodes that a refusal would name. */
    private static final int CAUSES = 3;

    static final int LONGEST = 500;

    private final Wish wish;
    private final boolean eachNode;
    private final int fitting;
    /** Whether it is certain that so many fit: of fixed ports it is known where all were looked at. */
    private final boolean exact;

    private final String others;

    private Grounds(Group group, int fitting, boolean exact, String others) {
        this.wish = group.wish();
        this.eachNode = group.spec().mode() == Mode.GLOBAL;
        this.fitting = fitting;
        this.exact = exact;
        this.others = others;
    }

    /**
     * Before anything of the group is placed.
     *
     * @param fitting how many nodes fit it, but for their ports
     */
    static Grounds of(Group group, Fleet fleet, int fitting) {
        Wish wish = group.wish();
        if (wish.only() != null) {
            return new Grounds(group, fitting, true, "");
        }
        List<Account> looked = fleet.nodes(MOST_LOOKED);
        Refusal against = Refusal.besides(wish, fleet, looked);
        boolean all = looked.size() == fleet.size();
        int fit = all ? looked.size() - against.nodes() : fitting;
        boolean exact = all || wish.ports().stream().allMatch(port -> port.hostPort() == 0);
        return new Grounds(group, fit, exact, others(against, all ? 0 : fleet.size() - fit));
    }

    /** @param unfit how many there are, where not all were looked at; else 0 */
    private static String others(Refusal against, int unfit) {
        StringBuilder words = new StringBuilder();
        if (unfit > 0) {
            words.append("; ").append(unfit).append(unfit == 1 ? " does not" : " do not");
        }
        against.parts(CAUSES).forEach(part -> words.append("; ").append(part));
        int more = against.reasons().size() - CAUSES;
        return more <= 0 ? words.toString() : words.append("; …").toString();
    }

    /**
     * Why an instance goes there.
     *
     * @param rival the best of the others; null: there is none, or none any more
     */
    String why(Candidate taken, @Nullable Candidate rival) {
        Pins.Pin pin = wish.pin();
        if (pin != null) {
            return "its volume \"" + pin.volume() + "\" is there";
        }
        if (eachNode) {
            return "there is one on each node that fits";
        }
        String words = better(taken, rival) + others;
        return words.length() <= LONGEST ? words : words.substring(0, LONGEST) + "…";
    }

    private String better(Candidate taken, @Nullable Candidate rival) {
        if (taken.node().equals(wish.ready())) {
            return "it has made it ready";
        }
        if (fitting == 1) {
            return "the only node that fits";
        }
        String of = "of " + fitting + (exact ? " nodes that fit " : " nodes that fit, but for their ports, ");
        if (wish.isDrawn()) {
            return of + "it was drawn, for too many could not take it";
        }
        if (rival == null) {
            return of + "it alone has room left";
        }
        String words = taken.against(rival, wish.deployment(), wish.ranking().spreadBy());
        return words.isEmpty()
                ? of + "none is better: it has " + taken.own() + " of " + wish.deployment() + " beside this one, and "
                        + taken.live() + " of all"
                : of + "it " + words;
    }
}
