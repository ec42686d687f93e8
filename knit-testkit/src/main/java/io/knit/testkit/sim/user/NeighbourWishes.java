package io.knit.testkit.sim.user;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.api.model.VolumeSpec;
import io.knit.core.spec.SpecTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What has to do with others: who had better be near whom, who shares whose volume, and in which order goes what a drain moves. With randomness of its own, and in
 * half of the seeds that may have it, so that what else happens is drawn as it was before there was any.
 */
public final class NeighbourWishes {
    /** The volume that is shared. */
    static final String VOLUME = "common";

    private static final long OWN = 0x6e656967L;
    /** Whose first slot has it. */
    private static final List<String> OWNERS = List.of("db", "cache");

    private static final List<String> FREE = List.of("api", "web", "worker");

    private static final List<String> NAMES = List.of("api", "web", "db", "cache", "worker", "log");

    private final RandomGenerator random;
    private final boolean some;
    private int made;

    /** @param may whether the seed may have any */
    public NeighbourWishes(long seed, boolean may) {
        random = new SplittableRandom(seed ^ OWN);
        some = may && random.nextBoolean();
    }

    /** A spec of somebody who knows of the others. */
    public DeploymentSpec of(DeploymentSpec spec) {
        if (!some) {
            return spec;
        }
        return switch (random.nextInt(3)) {
            case 0 -> near(free(spec));
            case 1 -> sharing(near(spec));
            default -> sharing(spec);
        };
    }

    /** The same, which wants nothing of a node that another may have. */
    private static DeploymentSpec free(DeploymentSpec spec) {
        return SpecTable.SPEC.with(spec, Map.of("ports", List.of(), "expose", List.of(), "volumes", List.of()));
    }

    /** One that is changed may be told anew near whom it had better be: no container is made anew for it. */
    DeploymentSpec altered(DeploymentSpec spec) {
        return some && random.nextInt(5) == 0 ? near(spec) : spec;
    }

    private DeploymentSpec near(DeploymentSpec spec) {
        List<String> names = new ArrayList<>(NAMES);
        names.remove(spec.name());
        List<String> near = new ArrayList<>();
        for (int count = random.nextInt(4); count > 1 || near.isEmpty(); count--) {
            near.add(names.remove(random.nextInt(names.size())));
        }
        return SpecTable.SPEC.with(spec, Map.of("near", near));
    }

    private DeploymentSpec sharing(DeploymentSpec spec) {
        VolumeSpec volume = null;
        if (OWNERS.contains(spec.name())) {
            volume = random.nextBoolean() ? VolumeSpec.named(VOLUME, "/common") : null;
        } else if (spec.mode() != Mode.GLOBAL && random.nextInt(3) == 0) {
            volume = VolumeSpec.shared(OWNERS.get(random.nextInt(OWNERS.size())), VOLUME, "/common");
        }
        if (volume == null) {
            return spec;
        }
        List<VolumeSpec> volumes = new ArrayList<>(spec.volumes());
        volumes.add(volume);
        return SpecTable.SPEC.with(spec, Map.of("volumes", volumes));
    }

    /** What somebody deploys while nothing goes wrong: it looks for others, and nothing else says where it goes. */
    public DeploymentSpec calm() {
        UpdateOrder order = UpdateOrder.values()[random.nextInt(UpdateOrder.values().length)];
        return near(DeploymentSpec.builder(FREE.get(random.nextInt(FREE.size())), "app:1")
                .env("CALM", Integer.toString(++made))
                .replicas(1 + random.nextInt(3))
                .update(Update.DEFAULT.withOrder(order))
                .build());
    }

    /** How often. */
    public int rounds() {
        return some ? 4 : 0;
    }

    /** Whose work is to leave it. */
    Node of(List<Node> nodes) {
        return nodes.get(random.nextInt(nodes.size()));
    }

    /** For which a node stays drained. */
    Duration aWhile() {
        return Duration.ofSeconds(5 + random.nextInt(40));
    }

    /** Whether a drain has successors start first, or last; null: as each deployment says. */
    @Nullable
    Boolean order() {
        return some && random.nextInt(3) > 0 ? Boolean.valueOf(random.nextBoolean()) : null;
    }
}
