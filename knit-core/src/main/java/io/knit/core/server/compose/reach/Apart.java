package io.knit.core.server.compose.reach;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.StreamSupport;

/** Why who looks for a service can't always be on that one's node. */
public final class Apart {
    private Apart() {}

    /**
     * As what follows who looks; empty: it can, or there is no one node.
     *
     * @param by the spec of who looks
     * @param of that of whom it looks for
     */
    public static String why(JsonNode by, JsonNode of) {
        int many = by.path("replicas").asInt(1);
        if (of.path("mode").asText().equals("global") || of.path("replicas").asInt(1) > 1) {
            // a port that is opened would need a node for each of them
            return "";
        } else if (by.path("mode").asText().equals("global")) {
            return "runs on each node";
        } else if (many > 1 && (hasFixedPort(by) || by.has("max_per_node") || by.has("spread_by"))) {
            return "runs on several nodes";
        }
        JsonNode own = by.path("constraints");
        JsonNode others = of.path("constraints");
        return own.isEmpty() || others.isEmpty() || own.equals(others) ? "" : "has other constraints";
    }

    /** Whether no node could have both: one must be what the other must not. */
    static boolean areAlways(JsonNode one, JsonNode other) {
        for (JsonNode own : one.path("constraints")) {
            for (JsonNode others : other.path("constraints")) {
                if (own.path("key").equals(others.path("key"))
                        && (isEqual(own) || isEqual(others))
                        && (isEqual(own) == isEqual(others))
                                != own.path("value").equals(others.path("value"))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Else it is that it must not be: a file has no other. */
    private static boolean isEqual(JsonNode constraint) {
        return constraint.path("op").asText().equals("=");
    }

    private static boolean hasFixedPort(JsonNode spec) {
        return !spec.path("expose").isEmpty()
                || StreamSupport.stream(spec.path("ports").spliterator(), false)
                        .anyMatch(port -> port.has("host_port"));
    }
}
