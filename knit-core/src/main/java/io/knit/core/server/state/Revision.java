package io.knit.core.server.state;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.wire.SpecBlob;
import io.knit.core.wire.SpecHash;
import java.util.Objects;

/**
 * One spec of a deployment: instances of an older revision still run by it, and a rollback begins from it. The newest {@link #KEPT} are
 * kept, and older ones as long as an instance has them.
 *
 * @param number from 1
 * @param specHash names the container that is made by it, and stands in its label: {@link SpecHash} of the spec, worked out once (an empty one
 *     now), or the hash of an earlier revision that makes the same container
 * @param blob names what nodes need of the spec: {@link SpecBlob}; an empty one is worked out now
 */
public record Revision(
        @JsonProperty(required = true) String deployment,
        @JsonProperty(required = true) int number,
        DeploymentSpec spec,
        String specHash,
        String blob) {
    /** How many of a deployment are kept, the present one included. */
    public static final int KEPT = 20;

    public Revision {
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(spec, "spec");
        specHash = specHash.isEmpty() ? SpecHash.of(spec) : specHash;
        blob = blob.isEmpty() ? SpecBlob.nameOf(spec) : blob;
    }

    public static Revision of(int number, DeploymentSpec spec) {
        return new Revision(spec.name(), number, spec, SpecHash.of(spec), "");
    }

    /** One that makes the same container as an earlier one. */
    public static Revision of(int number, DeploymentSpec spec, Revision same) {
        return new Revision(spec.name(), number, spec, same.specHash(), "");
    }

    /** Sorts by deployment, then number. */
    public static String key(String deployment, int number) {
        return Keys.revision(deployment, number);
    }
}
