package io.knit.core.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.DeploymentSpec;

/** Fingerprint of a spec, without its secrets: it stands in a container's label {@code knit.spec-hash}. */
public final class SpecHash {
    private SpecHash() {}

    public static String of(DeploymentSpec spec) {
        ObjectNode tree = WireCodec.tree(spec);
        tree.remove("registry_auth");
        return Digests.of(WireCodec.encode(tree));
    }
}
