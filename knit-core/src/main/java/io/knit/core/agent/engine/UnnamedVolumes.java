package io.knit.core.agent.engine;

import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.api.spi.runtime.VolumesAbility;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of the volumes that an image asked for and no spec names, once their deployment has had nothing on this node for an hour. Between two fillings
 * of a slot a node may have nothing of a deployment for a while, and what takes the place is to find them. Only on the loop.
 */
public final class UnnamedVolumes {
    /** For so long nothing of their deployment must have been here. */
    public static final Duration KEPT = Duration.ofHours(1);

    static final Duration LOOKS = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(UnnamedVolumes.class);

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final String node;
    /** By deployment that has volumes and nothing else here; when that was first seen. */
    private final Map<String, Duration> unwanted = new HashMap<>();

    private Set<String> deployments = Set.of();
    private @Nullable String cluster;
    private Loop.@Nullable Timer next;

    /** @param node whose volumes these are: another agent's on the same engine are its own */
    public UnnamedVolumes(Loop loop, ContainerRuntime runtime, String node) {
        this.loop = loop;
        this.runtime = runtime;
        this.node = node;
    }

    /** What is wanted here now. */
    public void wanted(String of, Set<String> now) {
        cluster = of;
        deployments = Set.copyOf(now);
        unwanted.keySet().removeAll(deployments);
    }

    /** Looks from time to time, until {@link #stop}. */
    public void start() {
        next = loop.after(LOOKS, this::look);
    }

    public void stop() {
        if (next != null) {
            next.cancel();
        }
    }

    private void look() {
        start();
        if (cluster != null && runtime instanceof VolumesAbility able) {
            loop.bring(able.volumes(cluster))
                    .onSuccess(all -> consider(able, all))
                    .onFailure(why -> LOG.debug("can't list volumes: {}", why.toString()));
        }
    }

    private void consider(VolumesAbility able, List<VolumeSnapshot> all) {
        Set<String> there = new HashSet<>();
        for (VolumeSnapshot volume : all) {
            String deployment = volume.labels().getOrDefault(KnitLabels.DEPLOYMENT, "");
            if (isUnnamed(volume) && !deployments.contains(deployment)) {
                there.add(deployment);
                Duration since = unwanted.computeIfAbsent(deployment, first -> loop.elapsed());
                if (loop.elapsed().minus(since).compareTo(KEPT) >= 0) {
                    remove(able, volume);
                }
            }
        }
        unwanted.keySet().retainAll(there);
    }

    private void remove(VolumesAbility able, VolumeSnapshot volume) {
        LOG.info(
                "removes volume {}: an image asked for it, and nothing of its deployment is here any more",
                volume.name());
        loop.bring(able.removeVolume(volume.name()))
                .onFailure(why -> LOG.info("volume {} stays: {}", volume.name(), why.toString()));
    }

    /** A path is no name that a spec can give. */
    private boolean isUnnamed(VolumeSnapshot volume) {
        return node.equals(volume.labels().get(KnitLabels.NODE))
                && volume.labels().getOrDefault(KnitLabels.VOLUME, "").startsWith("/");
    }
}
