package io.knit.core.server.schedule.fit;

import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Reservation;
import io.knit.core.rules.IpAddress;
import io.knit.core.server.schedule.fleet.Fleet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a change may have opened for those who wait. Worked out once for each change of a commit, so that most changes cost those
 * who wait nothing.
 *
 * @param node whose record changed in what a refusal says of it, or null
 * @param may that node if it may fit now whom it did not before, or null
 * @param address whether a mesh address is no longer that node's
 * @param left the deployment of which an instance is on its node no more, or is over, or null
 * @param roomOn the node on which less is set aside now, or null
 * @param free what is not set aside there
 * @param freed ports that an instance held and does not hold now
 */
public record Opening(
        @Nullable String node,
        @Nullable Node may,
        boolean address,
        @Nullable String left,
        @Nullable String roomOn,
        Reservation free,
        List<PortBinding> freed) {
    /** The change of a commit that is of no concern to those who wait. */
    public static final Opening NONE = new Opening(null, null, false, null, null, Reservation.NONE, List.of());

    public Opening {
        freed = List.copyOf(freed);
    }

    /**
     * What a node's change opens.
     *
     * @param before null: it is new
     * @param after null: it is forgotten
     */
    public static Opening of(@Nullable Node before, @Nullable Node after) {
        Node either = after == null ? before : after;
        if (either == null || before != null && after != null && isSaidTheSame(before, after)) {
            return NONE;
        }
        String had = before == null ? null : before.meshIp();
        boolean address = had != null && (after == null || !IpAddress.same(had, after.meshIp()));
        return new Opening(
                either.id(),
                after != null && mayTake(before, after) ? after : null,
                address,
                null,
                null,
                Reservation.NONE,
                List.of());
    }

    /**
     * What an instance's change opens.
     *
     * @param before null: it is new
     * @param after null: it is gone
     * @param fleet after the change
     */
    public static Opening of(@Nullable Instance before, @Nullable Instance after, Fleet fleet) {
        String home = before == null || before.isOver() ? null : Fleet.home(before);
        if (before == null || home == null) {
            return NONE;
        }
        if (after == null || after.isOver() || !home.equals(Fleet.home(after))) {
            return of(before.deployment(), home, !before.setAside().isNone(), before.ports(), fleet);
        }
        List<PortBinding> freed =
                before.ports().stream().filter(p -> !after.ports().contains(p)).toList();
        boolean room = !after.reserved().covers(before.reserved());
        return room || !freed.isEmpty() ? of(null, home, room, freed, fleet) : NONE;
    }

    private static Opening of(@Nullable String left, String home, boolean room, List<PortBinding> freed, Fleet fleet) {
        Reservation free = room ? fleet.account(home).free() : Reservation.NONE;
        return new Opening(null, null, false, left, room ? home : null, free, freed);
    }

    public boolean isNone() {
        return node == null && left == null && roomOn == null && freed.isEmpty();
    }

    private static boolean isSaidTheSame(Node before, Node after) {
        return before.state() == after.state()
                && before.wish().availability() == after.wish().availability()
                && before.condition().equals(after.condition())
                && before.reason().equals(after.reason())
                && before.agentVersion().equals(after.agentVersion())
                && fitsTheSame(before, after);
    }

    private static boolean mayTake(@Nullable Node before, Node after) {
        return after.takesWork() && (before == null || !before.takesWork() || !fitsTheSame(before, after));
    }

    private static boolean fitsTheSame(Node before, Node after) {
        return before.facts().os().equals(after.facts().os())
                && before.facts().arch().equals(after.facts().arch())
                && before.hostname().equals(after.hostname())
                && before.engineVersion().equals(after.engineVersion())
                && before.capacity().equals(after.capacity())
                && before.reserve().equals(after.reserve())
                && before.labels().equals(after.labels())
                && before.features().equals(after.features())
                && before.facts().allows().equals(after.facts().allows())
                && Objects.equals(before.meshIp(), after.meshIp());
    }
}
