package io.knit.core.server.compose.reach;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Keeps two services on one node where there is room, whichever of them is placed first. */
public final class NearEachOther {
    private static final String NEAR = "near";
    /** As many as a spec may have. */
    private static final int MOST = 32;

    private NearEachOther() {}

    /**
     * Has each be near the other, as {@code near} of its spec, unless no node could have both.
     *
     * @return whether who looks is placed by it
     */
    public static boolean keep(ObjectNode by, ObjectNode of) {
        if (Apart.areAlways(by, of)) {
            return false;
        }
        boolean together = Apart.why(by, of).isEmpty();
        add(by, of);
        // a job ends, and who runs on several nodes is on one of them anyway
        if (together && !by.path("mode").asText().equals("job")) {
            add(of, by);
        }
        return together;
    }

    private static void add(ObjectNode spec, ObjectNode other) {
        JsonNode name = other.path("name");
        // what is on each node is near everybody
        if (spec.path("mode").asText().equals("global")
                || other.path("mode").asText().equals("global")) {
            return;
        }
        for (JsonNode each : spec.path(NEAR)) {
            if (each.equals(name)) {
                return;
            }
        }
        if (spec.path(NEAR).size() < MOST) {
            spec.withArray("/" + NEAR).add(name);
        }
    }
}
