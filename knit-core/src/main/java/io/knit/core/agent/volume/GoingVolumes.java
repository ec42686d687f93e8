package io.knit.core.agent.volume;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.SlotVolume;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.api.spi.runtime.VolumesAbility;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.VolumeRemoval;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Volumes that specs name and that are to go, by the set in force: each goes once nothing that may have it is in the set and the engine has no container with it. A set from
 * the disk names none, and one that the server does not want any more is not acted upon: its volumes may be wanted again. Only on the loop.
 */
public final class GoingVolumes {
    private static final Logger LOG = LoggerFactory.getLogger(GoingVolumes.class);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final Loop loop;
    private final @Nullable VolumesAbility volumes;
    private final String node;
    private final HeldVolumes held;
    private final Duration first;
    private final Consumer<String> abandon;
    private final Consumer<List<VolumeRemoval>> listener;

    private @Nullable String cluster;
    private AssignmentSet set = AssignmentSet.NONE;
    /** Whether the set in force is the one that the server wants. */
    private boolean newest;

    private final Set<VolumeRemoval> gone = new HashSet<>();
    /** By the engine's name. */
    private final Map<String, Future<Void>> underWay = new HashMap<>();
    /** What was said of those that did not go. */
    private final Map<VolumeRemoval, String> left = new HashMap<>();

    private boolean looking;
    private int failures;
    private Loop.@Nullable Timer timer;
    private boolean stopped;

    /**
     * @param held those that are not removed yet
     * @param first how long after the engine refused it is asked again
     * @param abandon takes the engine's names of those that are held: what is being put into them is not awaited
     * @param listener takes those that are gone, when that changes
     */
    public GoingVolumes(
            Loop loop,
            ContainerRuntime runtime,
            String node,
            HeldVolumes held,
            Duration first,
            Consumer<String> abandon,
            Consumer<List<VolumeRemoval>> listener) {
        this.loop = loop;
        this.volumes = runtime instanceof VolumesAbility able ? able : null;
        this.node = node;
        this.held = held;
        this.first = first;
        this.abandon = abandon;
        this.listener = listener;
    }

    public void joined(String cluster) {
        this.cluster = cluster;
        look();
    }

    /** Another set is in force, which the server just gave. */
    public void adopt(AssignmentSet next) {
        set = next;
        newest = true;
        gone.retainAll(next.removals());
        left.keySet().retainAll(next.removals());
        failures = 0;
        tell();
        look();
    }

    /** @param confirmed whether the set in force is the one that the server wants */
    public void heard(boolean confirmed) {
        newest = confirmed;
        if (timer == null) {
            look();
        }
    }

    /** Succeeds when none of the volumes that an order wants is being removed: one that is made at that moment would go with it. */
    public Future<Void> free(String of, Assignment order) {
        DeploymentSpec spec = order.spec();
        if (spec == null || underWay.isEmpty()) {
            return Future.succeededFuture();
        }
        SlotVolumes names = new SlotVolumes(of, node, order.deployment(), order.slotName());
        List<Future<Void>> awaited = spec.allVolumes().stream()
                .map(volume -> underWay.get(names.holding(volume).named(volume.name())))
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
        return Future.join(awaited).otherwiseEmpty().mapEmpty();
    }

    public void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Which may go by what is in the set. (Pure.) */
    static List<VolumeRemoval> due(AssignmentSet set) {
        return set.removals().stream()
                .filter(removal -> set.assignments().values().stream().noneMatch(order -> mayHave(order, removal)))
                .toList();
    }

    /** Of an order to stop, and of one that can't be read, it is not known which volumes and which slot it has. */
    private static boolean mayHave(Assignment order, VolumeRemoval removal) {
        DeploymentSpec spec = order.spec();
        boolean shares = spec != null
                && removal.slot().equals(SlotVolume.FIRST)
                && spec.allVolumes().stream()
                        .anyMatch(it -> it.of().equals(removal.deployment())
                                && it.name().equals(removal.name()));
        return shares
                || order.deployment().equals(removal.deployment())
                        && (spec == null
                                || order.slotName().equals(removal.slot())
                                        && spec.allVolumes().stream()
                                                .anyMatch(it -> !it.isShared()
                                                        && it.name().equals(removal.name())));
    }

    /** The volume that is meant, by its name and all that its labels say but for the node; empty: it is not there. (Pure.) */
    static Optional<VolumeSnapshot> meant(
            List<VolumeSnapshot> there, String cluster, String node, VolumeRemoval removal) {
        SlotVolumes slot = new SlotVolumes(cluster, node, removal.deployment(), removal.slot());
        Map<String, String> labels = new HashMap<>(slot.labels(removal.name()));
        labels.remove(KnitLabels.NODE);
        return there.stream()
                .filter(it -> it.name().equals(slot.named(removal.name())))
                .filter(it -> it.labels().entrySet().containsAll(labels.entrySet()))
                .findFirst();
    }

    private List<VolumeRemoval> open() {
        return due(set).stream().filter(removal -> !gone.contains(removal)).toList();
    }

    private void look() {
        String of = cluster;
        if (stopped || looking || of == null || !newest || open().isEmpty()) {
            return;
        }
        if (volumes == null) {
            // what keeps no volumes has none
            gone.addAll(open());
            tell();
            return;
        }
        looking = true;
        VolumesAbility able = volumes;
        long[] ends = new long[1];
        // of what an agent of before was putting into a volume it is not known whether that is there
        loop.bring(held.known())
                .compose(known -> {
                    ends[0] = held.ends();
                    return loop.bring(able.volumes(of));
                })
                .onComplete(seen -> {
                    looking = false;
                    if (stopped) {
                        return;
                    }
                    if (seen.failed() || held.ends() != ends[0]) {
                        // what was put in its place meanwhile is there by now
                        again();
                    } else if (newest) {
                        // by the set that is in force now, whichever that was when the engine was asked
                        open().forEach(removal -> take(of, seen.result(), removal));
                        tell();
                    }
                });
    }

    private void take(String of, List<VolumeSnapshot> there, VolumeRemoval removal) {
        String name = new SlotVolumes(of, node, removal.deployment(), removal.slot()).named(removal.name());
        Optional<VolumeSnapshot> found = meant(there, of, node, removal);
        if (underWay.containsKey(name)) {
            return;
        }
        if (!held.hold(name)) {
            // it may be just between its removal and being made anew
            abandon.accept(name);
            leave(removal, "something is being put into it, which is given up first");
        } else if (found.isEmpty()) {
            held.release(name);
            gone.add(removal);
        } else if (!node.equals(found.get().labels().get(KnitLabels.NODE))) {
            held.release(name);
            leave(removal, "its label " + KnitLabels.NODE + " is another node's");
        } else {
            remove(name, removal);
        }
    }

    /** It is held, so that nothing is put into what goes. */
    private void remove(String name, VolumeRemoval removal) {
        Future<Void> going =
                loop.bring(Objects.requireNonNull(volumes, "volumes").removeVolume(name));
        underWay.put(name, going);
        going.onComplete(done -> {
            underWay.remove(name);
            held.release(name);
            if (stopped) {
                return;
            }
            if (done.succeeded()) {
                LOG.info("removed the volume {}, which was to go", name);
                if (set.removals().contains(removal)) {
                    gone.add(removal);
                }
                tell();
                look();
            } else {
                leave(removal, name + ": " + done.cause().getMessage());
            }
        });
    }

    private void leave(VolumeRemoval removal, String why) {
        if (!why.equals(left.put(removal, why))) {
            LOG.warn(
                    "the volume {} of {}, slot {}, is to go, and is left: {}",
                    removal.name(),
                    removal.deployment(),
                    removal.slot(),
                    why);
        }
        again();
    }

    /** Soon, then ever later. */
    private void again() {
        if (timer == null && !stopped) {
            Duration wait = first.multipliedBy(1L << Math.min(failures, 10));
            failures++;
            timer = loop.after(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT, () -> {
                timer = null;
                look();
            });
        }
    }

    private void tell() {
        listener.accept(set.removals().stream().filter(gone::contains).toList());
    }
}
