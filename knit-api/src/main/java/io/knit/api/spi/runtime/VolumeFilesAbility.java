package io.knit.api.spi.runtime;

import io.vertx.core.Future;
import java.util.Map;

/**
 * What a {@link ContainerRuntime} can do besides if it is a {@link VolumesAbility} and an {@link ArchiveAbility} and implements this, too: to reach what is in a volume whether or not anything runs
 * with it.
 *
 * <p>Obligations: 1. never blocks; 2. the container of {@link #reach} is never started, needs no image that has to be fetched, and has nothing but the volume: what is in that stays as it is, also if it
 * is empty; 3. it is listed and removed as any other, and the volume stays; 4. owners, modes, times and links of what {@link ArchiveAbility} takes out of it and puts into it are kept, of the folder
 * itself too.
 */
public interface VolumeFilesAbility {
    /** Where the volume is in the container of {@link #reach}. */
    String FOLDER = "/volume";

    /**
     * Makes a container by which {@link ArchiveAbility} reaches a volume at {@link #FOLDER}. Fails with {@code NOT_FOUND} where there is no such volume, and makes none.
     *
     * @param volume the engine's name
     * @param container unique on the host
     * @param labels the container's
     * @return the container's id
     */
    Future<String> reach(String volume, String container, Map<String, String> labels);

    /** Makes an empty volume. Fails with {@code RUNTIME_REFUSED} where there is one of that name. */
    Future<Void> makeVolume(String name, Map<String, String> labels);
}
