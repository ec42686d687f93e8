package io.knit.launcher.remote.failed;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.launcher.remote.show.Listings;
import java.util.ArrayList;
import java.util.List;

/** Containers that failed and that nodes keep for people to look at. */
public final class FailedContainers {
    private FailedContainers() {}

    /**
     * One of them.
     *
     * @param exit with what it ended, in words; empty: it is not said
     */
    public record One(String node, String container, String deployment, String exit) {
        /** Its name, with what it ended with. */
        public String words() {
            return container + (exit.isEmpty() ? "" : " (" + exit + ")");
        }

        /** How to look into it on its node, and how to be rid of it. */
        public String looking() {
            return "on " + node + ": docker logs " + container + ", docker inspect " + container
                    + "; to be rid of it: docker rm " + container + " there, or deploy " + deployment
                    + " with keep_failed: 0";
        }
    }

    /** Whether a spec has any kept. */
    public static boolean areKept(JsonNode spec) {
        return spec.path("keep_failed").asInt() > 0;
    }

    /** Whether the spec of a deployment has any kept, as far as it is told: it may be gone by now. */
    public static boolean areKept(KnitClient knit, String deployment) {
        try {
            return areKept(knit.deployment(deployment).path("spec"));
        } catch (KnitClientException e) {
            // as below, it is no failure of who looks at something else
            return false;
        }
    }

    /** All that nodes tell of, as the server has them asked; none where they can't be: it is no failure of who looks at something else. */
    public static List<One> of(KnitClient knit) {
        JsonNode all;
        try {
            all = knit.images(List.of());
        } catch (KnitClientException e) {
            // a server of an older release, a fleet that is too large, or a token that may not ask
            return List.of();
        }
        List<One> found = new ArrayList<>();
        for (JsonNode node : all.path("nodes")) {
            for (JsonNode one : node.path("kept_failed")) {
                found.add(new One(
                        Listings.text(node, "node"),
                        Listings.text(one, "container"),
                        Listings.text(one, "deployment"),
                        Listings.text(one, "exit")));
            }
        }
        return found;
    }
}
