package io.knit.core.server.schedule.fleet;

import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import org.jspecify.annotations.Nullable;

/**
 * What one node holds.
 *
 * @param hash the id's: where thousands of nodes are compared, each look at another object counts
 * @param node null while it holds instances and is not known (it was forgotten, or has not joined)
 * @param live how many instances are wanted there and have not ended, those it makes ready included
 * @param ports also those of instances that stop or have ended: as long as one is there it may hold them
 */
public record Account(String id, int hash, @Nullable Node node, int live, HeldPorts ports) {
    static Account of(String id) {
        return new Account(id, id.hashCode(), null, 0, HeldPorts.NONE);
    }

    Account with(@Nullable Node newer) {
        return new Account(id, hash, newer, live, ports);
    }

    Account with(Instance added) {
        return new Account(
                id,
                hash,
                node,
                live + (added.isLive() ? 1 : 0),
                ports.with(added.ports(), added.id(), added.deployment()));
    }

    Account without(Instance removed) {
        return new Account(
                id, hash, node, live - (removed.isLive() ? 1 : 0), ports.without(removed.ports(), removed.id()));
    }

    boolean isEmpty() {
        return node == null && live == 0 && ports.isEmpty();
    }
}
