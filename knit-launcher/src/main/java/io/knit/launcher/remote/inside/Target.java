package io.knit.launcher.remote.inside;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.launcher.remote.typed.Refused;

/** Which instance is meant by what was typed. */
final class Target {
    private Target() {}

    /** An instance's id is taken as it is; of a deployment, the first of its instances that runs. */
    static String instance(KnitClient knit, String name) {
        JsonNode deployment;
        try {
            deployment = knit.deployment(name);
        } catch (KnitClientException e) {
            if (e.kind() == KnitClientException.Kind.NOT_FOUND) {
                return name;
            }
            throw e;
        }
        for (JsonNode instance : deployment.path("instances")) {
            if (instance.path("state").asText().equals("running")) {
                return instance.path("id").asText();
            }
        }
        throw new Refused("no instance of " + name + " runs; knit explain " + name + " says why");
    }
}
