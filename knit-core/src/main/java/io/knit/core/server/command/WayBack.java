package io.knit.core.server.command;

import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.server.value.FollowedReads;
import io.knit.core.server.value.ReadVersions;
import io.knit.core.spec.SpecTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which revision a rollback goes to, and what it makes of it (pure): the same for who decides it and for who is asked whether it may be. */
final class WayBack {
    private final ClusterState state;
    private final Deployment present;
    private final Revision revision;
    /** Newest first. */
    private final List<Revision> older;

    WayBack(ClusterState state, Deployment present) {
        this.state = state;
        this.present = present;
        List<Revision> kept = new ArrayList<>(state.revisionsOf(present.name()));
        Collections.reverse(kept);
        this.older =
                kept.stream().filter(it -> it.number() < present.revision()).toList();
        this.revision = Objects.requireNonNullElseGet(
                state.revision(present.name(), present.revision()),
                () -> Revision.of(present.revision(), present.spec()));
    }

    /** To which a rollback would go; null: there is none, or nothing that could go back. */
    static @Nullable Revision of(ClusterState state, Command.Rollback rollback) {
        Integer number = rollback.revision();
        if (number != null) {
            return state.revision(rollback.name(), number);
        }
        Deployment present = state.deployment(rollback.name());
        return present == null ? null : new WayBack(state, present).newest();
    }

    /** @throws KnitException with {@code NOT_FOUND} where there is none */
    Revision to(@Nullable Integer number) {
        Revision found = number == null ? newest() : state.revision(present.name(), number);
        if (found == null) {
            throw number == null
                    ? new KnitException(ErrorCode.NOT_FOUND, nowhere())
                    : KnitException.at(
                            "/revision",
                            ErrorCode.NOT_FOUND,
                            present.name() + " has no revision " + number + "; kept are "
                                    + numbers(state.revisionsOf(present.name())));
        }
        return found;
    }

    /**
     * What it makes of a revision: its spec, with as many as there shall be now, and its containers. What still runs by that one is what is wanted.
     *
     * @param number of the one that is made
     * @return null: that is what it is already
     */
    @Nullable
    Revision made(Revision before, int number) {
        Map<String, Integer> reads = ReadVersions.again(state, before);
        DeploymentSpec spec = spec(before);
        Revision made = FollowedReads.of(state, before.spec(), reads).areAlike(before.reads(), reads)
                ? Revision.of(number, spec, before, reads)
                : Revision.of(number, spec, reads).pinned(before.digest());
        return saysTheSame(made) && made.specHash().equals(revision.specHash()) ? null : made;
    }

    private boolean saysTheSame(Revision made) {
        return made.spec().equals(present.spec()) && made.reads().equals(revision.reads());
    }

    /** Whether all that this revision makes was healthy once in every slot. */
    boolean isProved(Revision made) {
        return state.revisionsOf(present.name()).stream().anyMatch(it -> wasHealthy(it) && isLike(it, made));
    }

    /** Over what can't be made any more; but never to what did not work because what did can't be had. */
    private @Nullable Revision newest() {
        List<Revision> open = older.stream().filter(it -> !isLeft(it)).toList();
        Optional<Revision> healthy =
                open.stream().filter(it -> wasHealthy(it) && isOther(it)).findFirst();
        return healthy.or(() -> isAnyLost(open)
                        ? Optional.empty()
                        : open.stream().filter(this::isOther).findFirst())
                .orElse(null);
    }

    private boolean isAnyLost(List<Revision> open) {
        return open.stream().anyMatch(it -> wasHealthy(it) && lost(it) != null);
    }

    /** A container that is made anew of the same is nothing other: who restarted it looks for what was before. */
    private boolean isOther(Revision it) {
        Revision made = lost(it) == null ? made(it, present.revision() + 1) : null;
        return made != null && (!saysTheSame(made) || hasOtherImage(made));
    }

    private boolean hasOtherImage(Revision made) {
        return made.digest() != null && !made.digest().equals(revision.digest());
    }

    /** Why it can't be made any more; null: it can. */
    private @Nullable String lost(Revision it) {
        try {
            ReadVersions.again(state, it);
            return null;
        } catch (KnitException e) {
            return e.getMessage();
        }
    }

    /** Until the next is healthy it stands in the rollout alone where a release that did not note it with the revision left it. */
    private boolean wasHealthy(Revision it) {
        return it.wasHealthy() || it.number() == present.rollout().healthy();
    }

    /** Whether Knit itself went back from it, or from a later one that is like it. */
    private boolean isLeft(Revision it) {
        return older.stream()
                .anyMatch(left -> left.number() >= it.number() && isLike(left, it) && wentBackFrom(left.number()));
    }

    private boolean wentBackFrom(int number) {
        Revision next = state.revision(present.name(), number + 1);
        return next != null && next.isGoneBackTo();
    }

    /** Whether they differ in how many there are at most. */
    private boolean isLike(Revision one, Revision other) {
        return one.specHash().equals(other.specHash()) && spec(one).equals(spec(other));
    }

    private DeploymentSpec spec(Revision of) {
        return SpecTable.SPEC.with(of.spec(), Map.of("replicas", present.spec().replicas()));
    }

    private String nowhere() {
        String name = present.name();
        if (older.isEmpty()) {
            return name + " has revision " + present.revision()
                    + " and none before it is kept; there is nothing to roll back to";
        }
        return name + " has revision " + present.revision() + ", and none before it to roll back to: " + why()
                + "; name one of those that are kept (" + numbers(older) + ") to have it all the same";
    }

    private String why() {
        for (Revision it : older) {
            String lost = isLeft(it) ? null : lost(it);
            if (lost != null) {
                return "revision " + it.number() + " reads what is not there any more (" + lost + ")";
            }
        }
        return older.stream().anyMatch(this::isLeft)
                ? "Knit went back from what failed by itself, and the others differ from the present one in replicas or by a restart at most"
                : "with what is kept of what they read those differ from it in replicas or by a restart at most; a rollback leaves replicas"
                        + " as they are (knit scale " + present.name() + " changes them)";
    }

    private static String numbers(Collection<Revision> revisions) {
        return revisions.stream()
                .map(Revision::number)
                .sorted()
                .map(number -> Integer.toString(number))
                .collect(Collectors.joining(", "));
    }
}
