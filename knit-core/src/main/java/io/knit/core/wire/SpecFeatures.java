package io.knit.core.wire;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Resources;
import java.util.ArrayList;
import java.util.List;

/**
 * What an agent must know to run a spec as it was meant. Each field that came after the first release has a feature of its own name, and
 * a spec needs it that sets the field to anything but its default.
 */
public final class SpecFeatures {
    private SpecFeatures() {}

    /** In alphabetical order; empty: every agent can run it. */
    public static List<String> of(DeploymentSpec spec) {
        List<String> needed = new ArrayList<>();
        if (!spec.init()) {
            needed.add(Features.INIT);
        }
        if (!spec.noNewPrivileges()) {
            needed.add(Features.NO_NEW_PRIVILEGES);
        }
        if (!spec.resources().equals(Resources.DEFAULT)) {
            needed.add(Features.RESOURCES);
        }
        return needed;
    }
}
