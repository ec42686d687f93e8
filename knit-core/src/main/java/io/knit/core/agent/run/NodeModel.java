package io.knit.core.agent.run;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What templates may know of the node. */
public record NodeModel(
        String id,
        String hostname,
        Map<String, String> labels,
        @Nullable String meshIp) {}
