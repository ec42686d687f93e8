package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.plugin.docker.engine.Work;
import java.util.List;
import java.util.Map;

/** What there is of volumes, and how one goes. */
public final class VolumeCalls {
    private VolumeCalls() {}

    /** Those of a cluster. */
    public static Work<List<VolumeSnapshot>> list(String cluster) {
        return client -> {
            List<InspectVolumeResponse> all = client.listVolumesCmd()
                    .withFilter("label", List.of(KnitLabels.CLUSTER + "=" + cluster))
                    .exec()
                    .getVolumes();
            return all == null
                    ? List.of()
                    : all.stream()
                            .map(each -> new VolumeSnapshot(
                                    each.getName(),
                                    each.getLabels() == null ? Map.of() : each.getLabels(),
                                    isElsewhere(each)))
                            .toList();
        };
    }

    private static boolean isElsewhere(InspectVolumeResponse volume) {
        return !VolumeSpec.LOCAL.equals(volume.getDriver())
                || volume.getOptions() != null && !volume.getOptions().isEmpty();
    }

    /** An empty one, of the engine's own. */
    public static Work<String> make(String name, Map<String, String> labels) {
        return client -> {
            if (isThere(client, name)) {
                throw new KnitException(ErrorCode.RUNTIME_REFUSED, "there is a volume " + name + " already");
            }
            return client.createVolumeCmd()
                    .withName(name)
                    .withDriver(VolumeSpec.LOCAL)
                    .withLabels(labels)
                    .exec()
                    .getName();
        };
    }

    static boolean isThere(DockerClient client, String name) {
        try {
            client.inspectVolumeCmd(name).exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    /** What is not there is gone. */
    public static Work<Boolean> remove(String name) {
        return client -> remove(client, name);
    }

    private static boolean remove(DockerClient client, String name) {
        try {
            client.removeVolumeCmd(name).exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        } catch (ConflictException e) {
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "the volume " + name + " is in use by a container", e);
        }
    }
}
