package io.knit.core.agent.run.look;

import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.agent.engine.OwnContainers;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the engine showed last of its containers, and of which instances that may be of before something that was done since. Only on the loop. */
public final class Seen {
    private final OwnContainers own = new OwnContainers();
    /** The newest snapshot that was begun when an instance's last action ended: only later ones tell of it. */
    private final Map<String, Long> stale = new HashMap<>();

    private @Nullable List<ContainerSnapshot> containers;
    private long number;

    /** A snapshot was taken; gives of it what people did not make of other containers. */
    public List<ContainerSnapshot> saw(Looks.Look look, Collection<ContainerSnapshot> shown) {
        List<ContainerSnapshot> originals = own.originals(shown);
        containers = originals;
        number = look.number();
        stale.values().removeIf(before -> before < look.number());
        return originals;
    }

    /** What was seen is another cluster's. */
    public void forget() {
        containers = null;
    }

    /** Null: nothing was seen yet. */
    public @Nullable List<ContainerSnapshot> containers() {
        return containers;
    }

    /** All but those of other nodes; none: nothing was seen yet. */
    public List<ContainerSnapshot> among(String cluster, String node) {
        return containers == null ? List.of() : own.among(cluster, node, containers);
    }

    /**
     * Something was done with it.
     *
     * @param begun number of the newest snapshot that was begun: only later ones tell of it
     */
    public void done(String instance, long begun) {
        stale.put(instance, begun);
    }

    /** Whether what was seen of it may be of before something that was done with it since. */
    public boolean isStale(String instance) {
        return stale.getOrDefault(instance, 0L) >= number;
    }

    /** Its main container; of several the one that the engine shows first. */
    public Optional<ContainerSnapshot> main(String instance) {
        List<ContainerSnapshot> all = containers == null ? List.of() : containers;
        return all.stream()
                .filter(container -> instance.equals(container.labels().get(KnitLabels.INSTANCE))
                        && !container.labels().containsKey(KnitLabels.PART))
                .findFirst();
    }
}
