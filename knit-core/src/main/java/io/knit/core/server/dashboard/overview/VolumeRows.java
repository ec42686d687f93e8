package io.knit.core.server.dashboard.overview;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.SlotVolume;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The volumes of deployments, as the page shows them. */
final class VolumeRows {
    private static final int SHOWN = 50;

    private VolumeRows() {}

    /**
     * One volume.
     *
     * @param going whether it is to go
     */
    record Row(String slot, String name, String node, boolean going) {}

    /** By the deployment's name. */
    static Map<String, List<SlotVolume>> of(ClusterSnapshot snapshot) {
        return snapshot.volumes().stream().collect(Collectors.groupingBy(SlotVolume::deployment));
    }

    static List<Row> rows(List<SlotVolume> volumes) {
        return volumes.stream()
                .limit(SHOWN)
                .map(it -> new Row(it.slot(), it.name(), it.node(), it.removing() != null))
                .toList();
    }
}
