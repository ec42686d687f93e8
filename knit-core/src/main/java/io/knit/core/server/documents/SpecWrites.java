package io.knit.core.server.documents;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.store.StoreWrite;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.server.state.Revision;
import io.knit.core.server.value.Sealing;
import io.knit.core.wire.SpecBlob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Puts a spec into the store with the first document that names it, and removes it with the last, in the same commit. A spec says its
 * deployment's name, so only that one and its few revisions can name it.
 */
final class SpecWrites {
    private SpecWrites() {}

    static List<StoreWrite> of(Commit commit, Sealing sealing) {
        List<StoreWrite> writes = new ArrayList<>(ofChanged(commit, sealing));
        if (commit.changes().stream().anyMatch(change -> change instanceof Change.SealPasswords)) {
            open(commit.after()).forEach((blob, spec) -> writes.addAll(SealedSpecs.seal(blob, spec, sealing)));
        }
        return writes;
    }

    /** All whose password opens, by their names. */
    static Map<String, DeploymentSpec> open(ClusterState state) {
        Map<String, DeploymentSpec> open = new TreeMap<>();
        for (String name : state.deployments().keySet()) {
            named(state, name).forEach((blob, spec) -> {
                if (SealedSpecs.isOpen(spec)) {
                    open.put(blob, spec);
                }
            });
        }
        return open;
    }

    private static List<StoreWrite> ofChanged(Commit commit, Sealing sealing) {
        Set<String> concerned = new TreeSet<>();
        for (Change change : commit.changes()) {
            String name = deployment(change);
            if (name != null) {
                concerned.add(name);
            }
        }
        List<StoreWrite> writes = new ArrayList<>();
        for (String name : concerned) {
            Map<String, DeploymentSpec> before = named(commit.before(), name);
            Map<String, DeploymentSpec> after = named(commit.after(), name);
            after.forEach((blob, spec) -> {
                if (!before.containsKey(blob)) {
                    writes.add(SealedSpecs.put(blob, spec, sealing));
                }
            });
            before.forEach((blob, spec) -> {
                if (!after.containsKey(blob)) {
                    writes.addAll(SealedSpecs.remove(blob, spec));
                }
            });
        }
        return writes;
    }

    private static @Nullable String deployment(Change change) {
        if (change instanceof Change.PutDeployment put) {
            return put.deployment().name();
        }
        if (change instanceof Change.RemoveDeployment remove) {
            return remove.name();
        }
        if (change instanceof Change.PutRevision put) {
            return put.revision().deployment();
        }
        return change instanceof Change.RemoveRevision remove ? remove.deployment() : null;
    }

    private static Map<String, DeploymentSpec> named(ClusterState state, String name) {
        Map<String, DeploymentSpec> named = new HashMap<>();
        Collection<Revision> revisions = state.revisionsOf(name);
        revisions.forEach(revision -> named.put(revision.blob(), revision.spec()));
        Deployment deployment = state.deployment(name);
        if (deployment != null) {
            named.putIfAbsent(blob(state, deployment), deployment.spec());
        }
        return named;
    }

    /** That of its revision, which has the same spec; worked out where the state knows none. */
    static String blob(ClusterState state, Deployment deployment) {
        Revision revision = state.revision(deployment.name(), deployment.revision());
        return revision != null && revision.spec().equals(deployment.spec())
                ? revision.blob()
                : SpecBlob.nameOf(deployment.spec());
    }
}
