package io.knit.core.server.schedule.wish;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preparation;
import io.knit.api.model.Reservation;
import io.knit.core.rules.node.Match;
import io.knit.core.rules.process.HostAccess;
import io.knit.core.spec.SpecTable;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an instance wants of a node; equal for all instances that may be placed together. Of the spec it has only what placing
 * reads, so that another image or another number of replicas is the same wish.
 *
 * @param matches what a node must be like, in the user's order: the first that a node does not meet is the one that is told
 * @param reserved what is set aside for it on its node
 * @param maxPerNode so many of the deployment may be on one node; 0: there is no bound
 * @param features what its agent must know
 * @param hostAccess what its agent must allow
 * @param avoid nodes that rejected it or those before it, the latest last
 * @param waits whether those are not asked yet
 * @param ready the node that makes it ready, which comes first; null: none
 * @param only the node whose slot it fills, or that has its slot's volumes, which alone is asked; null: any may be
 * @param priority who goes first
 * @param preempts whether those of lower priority may be pushed out for it
 * @param pin which slot's volumes are there; null: there are none
 * @param lot 0, or a number that differs from try to try: nodes are drawn then, see {@link #isDrawn}
 */
public record Wish(
        String deployment,
        int revision,
        List<Match> matches,
        List<PortSpec> ports,
        Reservation reserved,
        int maxPerNode,
        Ranking ranking,
        List<String> features,
        List<String> hostAccess,
        List<String> avoid,
        boolean waits,
        @Nullable String ready,
        @Nullable String only,
        int priority,
        boolean preempts,
        int lot,
        Pins.@Nullable Pin pin) {
    /**
     * So many nodes that rejected an instance are remembered by name. A fleet has thousands, and who was rejected by so many is likely to be at
     * fault itself: it is not asked for anywhere until its time comes, and then by lot.
     */
    public static final int REMEMBERED = 16; // as in Decided

    public Wish {
        matches = List.copyOf(matches);
        ports = List.copyOf(ports);
        features = List.copyOf(features);
        hostAccess = List.copyOf(hostAccess);
        avoid = List.copyOf(avoid);
    }

    /** That of an instance of this spec, which is its deployment's present one. */
    public static Wish of(Instance instance, DeploymentSpec spec, Instant served) {
        return of(instance, spec, spec, served, Pins.NONE);
    }

    /**
     * That of an instance of this spec.
     *
     * @param present its deployment's present one, which says who goes first: an instance of an older revision has no rank of its own
     * @param pins where its volumes are
     */
    public static Wish of(Instance instance, DeploymentSpec spec, DeploymentSpec present, Instant served, Pins pins) {
        Pins.Pin pin = pins.of(instance);
        Preparation preparation = instance.preparation();
        boolean drawn = instance.avoid().size() >= REMEMBERED;
        return new Wish(
                instance.deployment(),
                instance.revision(),
                Match.allOf(spec),
                spec.published(),
                spec.resources().reserved(),
                spec.maxPerNode(),
                Ranking.of(spec),
                SpecTable.features(spec),
                HostAccess.of(spec),
                instance.avoid(),
                !instance.avoid().isEmpty() && waits(instance, served),
                preparation == null ? null : preparation.node(),
                pin != null ? pin.node() : spec.mode() == Mode.GLOBAL ? instance.key() : null,
                present.priority(),
                present.preempt(),
                drawn ? instance.attempt() : 0,
                pin);
    }

    /**
     * Whether it is not tried again yet where it was rejected.
     *
     * @param served the time for which a server was there
     */
    static boolean waits(Instance instance, Instant served) {
        return served.isBefore(instance.notBefore());
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
        return asks(node.id())
                && node.takesWork()
                && node.features().containsAll(features)
                && isAllowedBy(node)
                && isMetBy(node);
    }

    /** Whether the node's agent lets it have what it needs of the host. */
    public boolean isAllowedBy(Node node) {
        return HostAccess.lacking(hostAccess, node.facts().allows()).isEmpty();
    }

    /** Whether it is the node's to take it. */
    public boolean asks(String node) {
        return only == null || only.equals(node);
    }

    /** Whether it is that of the instance, one of its deployment. */
    public boolean isOf(Instance instance) {
        return revision == instance.revision()
                && avoid.equals(instance.avoid())
                && (pin != null ? pin.slot().equals(instance.slotKey()) : only == null || only.equals(instance.key()));
    }

    /** Whether it is as all constraints want it. */
    public boolean isMetBy(Node node) {
        for (Match match : matches) {
            if (!match.meets(node)) {
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
