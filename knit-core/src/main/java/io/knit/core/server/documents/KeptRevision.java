package io.knit.core.server.documents;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.state.Revision;

/** A {@link Revision} as it is stored. */
record KeptRevision(
        @JsonProperty(required = true) String deployment,
        @JsonProperty(required = true) int number,
        @JsonProperty(required = true) SpecRef spec,
        String specHash) {
    static KeptRevision of(Revision it) {
        return new KeptRevision(it.deployment(), it.number(), SpecRef.of(it.spec(), it.blob()), it.specHash());
    }

    Revision with(DeploymentSpec whole) {
        return new Revision(deployment, number, whole, specHash, spec.blob());
    }
}
