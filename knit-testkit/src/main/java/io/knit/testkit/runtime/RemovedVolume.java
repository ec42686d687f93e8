package io.knit.testkit.runtime;

import io.knit.api.spi.runtime.VolumeSnapshot;
import java.util.List;
import java.util.Objects;

/**
 * A volume that was removed from a {@link FakeEngine}, with what was in it.
 *
 * @param users the instances of which a container was started with it
 * @param note {@link EngineEvent#UNANSWERED} or {@link EngineEvent#ORPHANED} where that is so; else empty
 */
public record RemovedVolume(VolumeSnapshot volume, List<String> users, String note) {
    public RemovedVolume {
        Objects.requireNonNull(volume, "volume");
        users = List.copyOf(users);
        Objects.requireNonNull(note, "note");
    }
}
