package io.knit.core.server.schedule.wish;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preparation;
import io.knit.core.spec.SpecTable;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an instance wants of a node; equal for all instances that may be placed together. Of the spec it has only what placing
 * reads, so that another image or another number of replicas is the same wish.
 *
 * @param features what its agent must know
 * @param avoid nodes that rejected it or those before it, the latest last
 * @param waits whether those are not asked yet
 * @param ready the node that makes it ready, which comes first; null: none
 * @param lot 0, or a number that differs from try to try: nodes are drawn then, see {@link #isDrawn}
 */
public record Wish(
        String deployment,
        int revision,
        Map<String, String> selector,
        List<PortSpec> ports,
        List<String> features,
        List<String> avoid,
        boolean waits,
        @Nullable String ready,
        int lot) {
    /**
     * So many nodes that rejected an instance are remembered by name. A fleet has thousands, and who was rejected by so many is likely to be at
     * fault itself: it is not asked for anywhere until its time comes, and then by lot.
     */
    public static final int REMEMBERED = 16; // as in Decided

    public Wish {
        // in the user's order: the first label that a node lacks is the one that is told
        selector = Collections.unmodifiableMap(new LinkedHashMap<>(selector));
        ports = List.copyOf(ports);
        features = List.copyOf(features);
        avoid = List.copyOf(avoid);
    }

    /** That of an instance of this spec. */
    public static Wish of(Instance instance, DeploymentSpec spec, Instant now) {
        Preparation preparation = instance.preparation();
        boolean drawn = instance.avoid().size() >= REMEMBERED;
        return new Wish(
                instance.deployment(),
                instance.revision(),
                spec.nodeSelector(),
                spec.ports(),
                SpecTable.features(spec),
                instance.avoid(),
                !instance.avoid().isEmpty() && waits(instance, now),
                preparation == null ? null : preparation.node(),
                drawn ? instance.attempt() : 0);
    }

    /**
     * Whether it is not tried again yet where it was rejected. These times are kept, so they are of the day: where the clock went back
     * behind the moment it was made, the wait counts as over, else it could take as long as the jump.
     */
    static boolean waits(Instance instance, Instant now) {
        return now.isBefore(instance.notBefore()) && !now.isBefore(instance.createdAt());
    }

    /**
     * Whether any of the nodes that fit is as good: the names of the first to reject it are forgotten by now, and by load it would be sent to them for
     * ever, for who takes nothing has the least.
     */
    public boolean isDrawn() {
        return avoid.size() >= REMEMBERED;
    }

    /** Whether the node would be asked, for all that lies with the node alone. */
    public boolean admits(Node node) {
        return node.takesWork() && node.features().containsAll(features) && hasLabels(node);
    }

    public boolean hasLabels(Node node) {
        if (selector.isEmpty()) {
            return true;
        }
        Map<String, String> labels = node.labels();
        for (Map.Entry<String, String> wanted : selector.entrySet()) {
            if (!wanted.getValue().equals(labels.get(wanted.getKey()))) {
                return false;
            }
        }
        return true;
    }

    public boolean wantsFixed(PortBinding port) {
        for (PortSpec wanted : ports) {
            if (wanted.hostPort() == port.hostPort() && wanted.protocol() == port.protocol()) {
                return true;
            }
        }
        return false;
    }
}
