package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is other in the table of names: a page of the answer to {@link NamesRequest}, or told to all when it changed.
 *
 * @param from the digest of the table that it is other than; null: than an empty one
 * @param digest of the table of which this is
 * @param deployments that are new, or other
 * @param instances that are new, or other
 * @param goneDeployments that are not there any more
 * @param goneInstances that are not there any more, or do not do their work
 * @param next where the next page begins; null: this is the last
 * @param form names what entries could say where this was kept on a disk; null: it was told, or is kept by an agent of before
 */
public record NamesPage(
        int v,
        String cluster,
        @Nullable String from,
        String digest,
        List<NamedDeployment> deployments,
        List<NamedInstance> instances,
        @JsonProperty("gone_deployments") List<String> goneDeployments,
        @JsonProperty("gone_instances") List<String> goneInstances,
        @Nullable String next,
        @Nullable String form) {
    public NamesPage {
        // one that can't be read is null, and costs itself alone
        deployments = deployments.stream().filter(Objects::nonNull).toList();
        instances = instances.stream().filter(Objects::nonNull).toList();
        goneDeployments = List.copyOf(goneDeployments);
        goneInstances = List.copyOf(goneInstances);
    }

    /** One as it is told. */
    public NamesPage(
            int v,
            String cluster,
            @Nullable String from,
            String digest,
            List<NamedDeployment> deployments,
            List<NamedInstance> instances,
            List<String> goneDeployments,
            List<String> goneInstances,
            @Nullable String next) {
        this(v, cluster, from, digest, deployments, instances, goneDeployments, goneInstances, next, null);
    }

    /** The same, to be kept. */
    public NamesPage kept(String as) {
        return new NamesPage(
                v, cluster, from, digest, deployments, instances, goneDeployments, goneInstances, next, as);
    }
}
