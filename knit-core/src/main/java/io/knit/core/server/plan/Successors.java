package io.knit.core.server.plan;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.SlotKey;
import io.knit.api.spi.loop.IdSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the new instances of one deployment. */
final class Successors {
    private static final int ID_END = 6;
    /** A DNS label has 63 characters at most; the rest of an instance's id takes up to 12. */
    private static final int NAME_PART = 50;

    private final Deployment deployment;
    private final Roster roster;
    private final Instant now;
    private final Instant served;
    private final IdSource ids;

    Successors(Deployment deployment, Roster roster, Instant now, Instant served, IdSource ids) {
        this.deployment = deployment;
        this.roster = roster;
        this.now = now;
        this.served = served;
        this.ids = ids;
    }

    /** A new instance for a slot; one that was rejected or lost before it is remembered. */
    Instance of(SlotKey key, @Nullable Instance before) {
        int slot = roster.number(key);
        String id = idOf(slot);
        if (before != null && before.pushedOutBy() != null) {
            String said = before.reason();
            return Instance.pending(id, deployment.name(), deployment.revision(), slot, 0, List.of(), served, said, now)
                    .afterTrying(said)
                    .keyed(key.name());
        }
        boolean failed = before != null && before.state() == InstanceState.FAILED;
        boolean rejected = before != null
                && (failed || before.state() == InstanceState.REJECTED)
                && before.revision() == deployment.revision();
        if (before == null || !rejected) {
            String reason = before == null
                    ? ""
                    : "takes the place of " + before.id() + " ("
                            + before.state().wireName() + ")";
            return Instance.pending(
                            id, deployment.name(), deployment.revision(), slot, 0, List.of(), served, reason, now)
                    .keyed(key.name());
        }
        boolean anew = Retries.areForgotten(before);
        int attempt = anew ? 1 : before.attempt() + 1;
        List<String> avoid = new ArrayList<>(anew ? List.of() : before.avoid());
        if (before.node() != null) {
            avoid.remove(before.node());
            avoid.add(before.node());
        }
        // by its name what it wrote last can be read for days
        String said = before.node()
                + (failed ? " could not keep " + before.id() + " up: " : " could not take it: ")
                + before.reason();
        return Instance.pending(
                        id,
                        deployment.name(),
                        deployment.revision(),
                        slot,
                        attempt,
                        avoid,
                        served.plus(Retries.after(attempt)),
                        said,
                        now)
                .afterTrying(said)
                .keyed(key.name());
    }

    /** In place of one that is to go elsewhere: it does not come back to the same node, if any other fits. */
    Instance elsewhere(SlotKey key, Instance leaves) {
        Instance next = of(key, null);
        return leaves.node() == null
                ? next
                : Instance.pending(
                                next.id(),
                                next.deployment(),
                                next.revision(),
                                next.slot(),
                                0,
                                List.of(leaves.node()),
                                served,
                                "",
                                now)
                        .keyed(key.name());
    }

    private String idOf(int slot) {
        String name = deployment.name();
        String part =
                name.length() <= NAME_PART ? name : name.substring(0, NAME_PART).replaceAll("-+$", "");
        return part + "-" + slot + "-" + ids.next(ID_END);
    }
}
