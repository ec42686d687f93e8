package io.knit.api.spi.runtime;

import io.vertx.core.Future;
import java.util.List;

/**
 * What a {@link ContainerRuntime} can do besides if it implements this, too: to keep what {@link ContainerSpec#volumes} are, and to let go of it.
 *
 * <p>Obligations: 1. {@link ContainerRuntime#create} makes a volume that is not there, with the labels of {@link SlotVolumes#labels}, and takes one that is, with what is in it; 2. a volume stays when
 * containers that had it are removed; 3. a path at which the image wants a volume, and where the spec has none, is a volume of the slot called {@link SlotVolumes#unnamed}; 4. a
 * folder of the host that is not there is not made: creating fails with {@code RUNTIME_REFUSED} and its path; 5. a
 * volume that is another slot's ({@link SlotVolumes#holding}) is called and labelled as that one's, whoever is created first.
 */
public interface VolumesAbility {
    /** All volumes with the label {@code knit.cluster=cluster}. */
    Future<List<VolumeSnapshot>> volumes(String cluster);

    /** Removes a volume and what is in it; one that is not there succeeds. Fails with {@code RUNTIME_REFUSED} while a container has it. */
    Future<Void> removeVolume(String name);
}
