package io.knit.core.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.DeploymentSpec;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Fingerprint of a spec, without its secrets: it stands in a container's label {@code knit.spec-hash}. */
public final class SpecHash {
    private SpecHash() {}

    public static String of(DeploymentSpec spec) {
        ObjectNode tree = WireCodec.tree(spec);
        tree.remove("registry_auth");
        return Digests.of(WireCodec.encode(tree));
    }

    /**
     * The same of one that reads what is kept elsewhere: other versions make another container.
     *
     * @param reads versions of what it reads, by kind and name
     */
    public static String of(DeploymentSpec spec, Map<String, Integer> reads) {
        String plain = of(spec);
        return reads.isEmpty()
                ? plain
                : Digests.of((plain + " reads " + new TreeMap<>(reads)).getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Another than the one before, though the spec may say the same: what has that before is made anew.
     *
     * @param revision from which on
     */
    public static String anew(String before, int revision) {
        return Digests.of((before + " anew by " + revision).getBytes(StandardCharsets.US_ASCII));
    }
}
