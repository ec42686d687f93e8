package io.knit.core.rules.node;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Node;
import io.knit.api.model.PartSpec;
import io.knit.api.model.SidecarSpec;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A platform that a container is for. A node is of it if its system is the same and its CPU runs such programs by itself; what it may emulate is not asked for. Of the
 * variant nodes say nothing.
 *
 * @param platform as the spec has it
 */
record PlatformMatch(String platform) implements Match {
    private static final String KEY = "platform";

    /** Of each container of an instance: all of them are on one node. */
    static void addAllOf(DeploymentSpec spec, List<Match> all) {
        String main = spec.process().platform();
        if (main.isEmpty() && spec.initContainers().isEmpty() && spec.sidecars().isEmpty()) {
            return;
        }
        Stream.of(
                        Stream.of(main),
                        spec.initContainers().stream().map(PartSpec::platform),
                        spec.sidecars().stream().map(SidecarSpec::platform))
                .flatMap(each -> each)
                .filter(each -> !each.isEmpty())
                .distinct()
                .forEach(each -> all.add(new PlatformMatch(each)));
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public boolean isOfLabelValues() {
        return false;
    }

    @Override
    public Set<String> values() {
        return Set.of(platform);
    }

    @Override
    public boolean meets(Node node) {
        return PlatformWords.runs(node.facts().os(), node.facts().arch(), platform);
    }

    @Override
    public String against(Node node) {
        String os = node.facts().os();
        String arch = node.facts().arch();
        return os.isEmpty() || arch.isEmpty()
                ? "has not told its platform, and " + KEY + " wants " + platform
                : "is " + os + "/" + arch + ", and " + KEY + " wants " + platform;
    }

    @Override
    public String toString() {
        return KEY + " " + platform;
    }
}
