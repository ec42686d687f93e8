package io.knit.core.agent.volume;

import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.api.spi.runtime.VolumesAbility;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.Heartbeat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Volumes that only an image asked for, of deployments that have nothing to run here: they go when the server says that the deployment is gone. One that a spec names is never
 * touched, nor one of another node's or cluster's. Only on the loop.
 */
public final class LeftVolumes {
    private static final Logger LOG = LoggerFactory.getLogger(LeftVolumes.class);
    private static final Duration LOOKS = Duration.ofMinutes(10);

    private final Loop loop;
    private final @Nullable VolumesAbility volumes;
    private final String node;
    private final Duration soon;
    private final Consumer<List<String>> listener;

    private @Nullable String cluster;
    private AssignmentSet set = AssignmentSet.NONE;
    private List<VolumeSnapshot> found = List.of();
    /** Asked of the engine since it was looked at last; what it refused is asked again after the next look. */
    private final Set<String> asked = new HashSet<>();

    private int looks;
    private Loop.@Nullable Timer timer;
    private boolean stopped;

    /**
     * @param soon how long after a deployment has nothing more here it is looked what it left
     * @param listener takes the deployments that left something, whenever that may have changed
     */
    public LeftVolumes(
            Loop loop, ContainerRuntime runtime, String node, Duration soon, Consumer<List<String>> listener) {
        this.loop = loop;
        this.volumes = runtime instanceof VolumesAbility able ? able : null;
        this.node = node;
        this.soon = soon;
        this.listener = listener;
    }

    public void joined(String cluster, AssignmentSet held) {
        this.cluster = cluster;
        this.set = held;
        lookAfter(soon);
    }

    public void adopt(AssignmentSet next) {
        boolean fewer = !deployments(next).containsAll(deployments(set));
        set = next;
        if (fewer) {
            lookAfter(soon);
        }
        tell();
    }

    /** These are deployed no more, as the server says to whom the set in force is the newest. */
    public void gone(List<String> deployments) {
        for (VolumeSnapshot volume : goes(found, node, set, deployments)) {
            if (!stopped && volumes != null && asked.add(volume.name())) {
                loop.bring(volumes.removeVolume(volume.name())).onComplete(done -> {
                    if (done.succeeded()) {
                        LOG.info("removed the volume {}, whose deployment is gone", volume.name());
                        found = found.stream().filter(it -> !it.equals(volume)).toList();
                        tell();
                    } else {
                        LOG.warn("the volume {} is left: {}", volume.name(), String.valueOf(done.cause()));
                    }
                });
            }
        }
    }

    public void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Which of what is there may go. (Pure.) */
    static List<VolumeSnapshot> goes(
            List<VolumeSnapshot> there, String node, AssignmentSet set, List<String> deployments) {
        Set<String> running = deployments(set);
        return there.stream()
                .filter(volume -> set.known() && isUnnamed(volume, node))
                .filter(volume -> deployments.contains(deployment(volume)) && !running.contains(deployment(volume)))
                .toList();
    }

    /** Whose volumes are there without anything to run; where they are too many, others with each turn. (Pure.) */
    static List<String> told(List<VolumeSnapshot> there, String node, AssignmentSet set, int turn) {
        Set<String> left = new TreeSet<>();
        there.stream().filter(volume -> isUnnamed(volume, node)).forEach(volume -> left.add(deployment(volume)));
        left.removeAll(deployments(set));
        List<String> all = new ArrayList<>(left);
        if (all.size() <= Heartbeat.MOST_LEFTOVERS) {
            return all;
        }
        Collections.rotate(all, -(turn * Heartbeat.MOST_LEFTOVERS % all.size()));
        return List.copyOf(all.subList(0, Heartbeat.MOST_LEFTOVERS));
    }

    /** No spec's name of a volume begins so: it is a path in a container. */
    private static boolean isUnnamed(VolumeSnapshot volume, String node) {
        Map<String, String> labels = volume.labels();
        return node.equals(labels.get(KnitLabels.NODE))
                && !deployment(volume).isEmpty()
                && labels.getOrDefault(KnitLabels.VOLUME, "").startsWith("/");
    }

    private static String deployment(VolumeSnapshot volume) {
        return volume.labels().getOrDefault(KnitLabels.DEPLOYMENT, "");
    }

    private static Set<String> deployments(AssignmentSet set) {
        return set.assignments().values().stream().map(Assignment::deployment).collect(Collectors.toSet());
    }

    private void lookAfter(Duration delay) {
        if (volumes != null && !stopped) {
            if (timer != null) {
                timer.cancel();
            }
            timer = loop.after(delay, this::look);
        }
    }

    private void look() {
        String of = cluster;
        if (volumes != null && of != null && !stopped) {
            lookAfter(LOOKS);
            loop.bring(volumes.volumes(of)).onSuccess(there -> {
                found = there;
                looks++;
                asked.clear();
                tell();
            });
        }
    }

    private void tell() {
        if (!stopped && set.known()) {
            listener.accept(told(found, node, set, looks));
        }
    }
}
