package io.knit.core.server.state;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.wire.SpecBlob;
import io.knit.core.wire.SpecHash;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One spec of a deployment: instances of an older revision still run by it, and a rollback begins from it. The newest {@link #KEPT} are
 * kept, and older ones as long as an instance has them.
 *
 * @param number from 1
 * @param specHash names the container that is made by it, and stands in its label: {@link SpecHash} of the spec, worked out once (an empty one
 *     now), or the hash of an earlier revision that makes the same container
 * @param blob names what nodes need of the spec: {@link SpecBlob}; an empty one is worked out now
 * @param createdAt when it was accepted, or null: by a release that did not note it
 * @param reads versions of the variables, secrets and files that it reads, by {@link KnownValue#at}
 * @param by the caller's name; empty: not known
 * @param command that made it, in words; empty: not known
 * @param digest of the image that all its instances run, as the first node that had it said: {@code sha256:…}; null: none said one yet
 * @param wasHealthy whether it was healthy in every slot once; false also of those that were before Knit noted it
 */
public record Revision(
        @JsonProperty(required = true) String deployment,
        @JsonProperty(required = true) int number,
        DeploymentSpec spec,
        String specHash,
        String blob,
        @Nullable Instant createdAt,
        String by,
        String command,
        Map<String, Integer> reads,
        @Nullable String digest,
        boolean wasHealthy) {
    /** How many of a deployment are kept, the present one included. */
    public static final int KEPT = 20;

    private static final String KNIT = "knit";

    public Revision {
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(spec, "spec");
        specHash = specHash.isEmpty() ? SpecHash.of(spec) : specHash;
        blob = blob.isEmpty() ? SpecBlob.nameOf(spec) : blob;
        reads = reads.isEmpty() ? Map.of() : Collections.unmodifiableSortedMap(new TreeMap<>(reads));
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(command, "command");
    }

    /** One of which nobody knows who made it. */
    public Revision(String deployment, int number, DeploymentSpec spec, String specHash, String blob) {
        this(deployment, number, spec, specHash, blob, null, "", "", Map.of(), null, false);
    }

    /** One that reads nothing. */
    public static Revision of(int number, DeploymentSpec spec) {
        return new Revision(spec.name(), number, spec, SpecHash.of(spec), "");
    }

    /** @param reads versions of what it reads, by {@link KnownValue#at} */
    public static Revision of(int number, DeploymentSpec spec, Map<String, Integer> reads) {
        return new Revision(spec.name(), number, spec, SpecHash.of(spec, reads), "", null, "", "", reads, null, false);
    }

    /** One that makes the same container as an earlier one. */
    public static Revision of(int number, DeploymentSpec spec, Revision same) {
        return of(number, spec, same, same.reads());
    }

    /** One that makes the same container as an earlier one, with other versions of what its files follow. */
    public static Revision of(int number, DeploymentSpec spec, Revision same, Map<String, Integer> reads) {
        return new Revision(spec.name(), number, spec, same.specHash(), "", null, "", "", reads, same.digest(), false);
    }

    /** One that makes another container than the earlier one, though its spec may say the same, of the same image. */
    public static Revision anew(int number, DeploymentSpec spec, Revision before) {
        String hash = SpecHash.anew(before.specHash(), number);
        return new Revision(spec.name(), number, spec, hash, "", null, "", "", before.reads(), before.digest(), false);
    }

    /** The same, by that caller's command. */
    public Revision madeBy(String caller, String words, Instant now) {
        return new Revision(deployment, number, spec, specHash, blob, now, caller, words, reads, digest, wasHealthy);
    }

    /** The same, whose instances run this image; null: it is found out. */
    public Revision pinned(@Nullable String image) {
        return new Revision(deployment, number, spec, specHash, blob, createdAt, by, command, reads, image, wasHealthy);
    }

    /** The same, which was healthy in every slot. */
    public Revision healthy() {
        return new Revision(deployment, number, spec, specHash, blob, createdAt, by, command, reads, digest, true);
    }

    /** The same, made by Knit itself, as the one before it failed. */
    public Revision goneBackTo(Instant now) {
        return madeBy(KNIT, goingBack(), now);
    }

    /** Whether it was made so. */
    public boolean isGoneBackTo() {
        return by.equals(KNIT) && command.equals(goingBack());
    }

    private String goingBack() {
        return "roll back " + deployment;
    }

    /** Sorts by deployment, then number. */
    public static String key(String deployment, int number) {
        return Keys.revision(deployment, number);
    }
}
