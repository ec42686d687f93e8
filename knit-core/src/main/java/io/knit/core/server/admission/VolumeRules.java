package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.TOO_LARGE;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.core.rules.process.VolumeWords;
import io.knit.core.spec.FieldLimits;
import io.knit.core.spec.SidecarTable;
import io.knit.core.spec.SpecTable;
import java.util.List;

/** Folders that outlive containers, of whichever container of an instance. */
final class VolumeRules {
    private static final String VOLUMES = "volumes";

    private VolumeRules() {}

    static void check(DeploymentSpec spec, Refusals refusals) {
        boolean few = areFew("", spec.volumes(), SpecTable.SPEC.field(VOLUMES).limits(), refusals);
        for (int i = 0; i < spec.sidecars().size() && !refusals.full(); i++) {
            few &= areFew(
                    "/sidecars/" + i,
                    spec.sidecars().get(i).volumes(),
                    SidecarTable.SIDECAR.field(VOLUMES).limits(),
                    refusals);
        }
        if (!few) {
            return;
        }
        for (VolumeWords.Fault fault : VolumeWords.faults(spec)) {
            if (!refusals.full()) {
                refusals.add(fault.pointer(), fault.code(), fault.words());
            }
        }
    }

    private static boolean areFew(String pointer, List<VolumeSpec> volumes, FieldLimits limits, Refusals refusals) {
        boolean few = volumes.size() <= limits.entries();
        if (!few) {
            refusals.add(
                    pointer + "/" + VOLUMES,
                    TOO_LARGE,
                    VOLUMES + " has " + volumes.size() + " entries; give " + limits.entries() + " at most");
        }
        return few;
    }
}
