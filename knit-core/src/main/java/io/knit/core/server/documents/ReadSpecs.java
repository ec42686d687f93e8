package io.knit.core.server.documents;

import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.documents.kept.KeptDeployment;
import io.knit.core.server.documents.kept.KeptRevision;
import io.knit.core.server.documents.kept.SpecRef;
import io.knit.core.server.documents.kept.Tables;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.Revision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Joins deployments and revisions with the specs that they name, in whichever order they come. Equal specs are one object, as they were
 * before they were stored. Not thread-safe.
 */
final class ReadSpecs {
    private final Map<String, DeploymentSpec> blobs = new HashMap<>();
    private final Map<SpecRef, DeploymentSpec> wholes = new HashMap<>();
    private final Map<String, KeptDeployment> deployments = new TreeMap<>();
    private final Map<String, KeptRevision> revisions = new TreeMap<>();
    private final Set<String> used = new HashSet<>();

    void add(String blob, DeploymentSpec spec) {
        blobs.put(blob, spec);
    }

    void add(KeptDeployment deployment) {
        deployments.put(deployment.name(), deployment);
    }

    void add(String key, KeptRevision revision) {
        revisions.put(key, revision);
    }

    /** Documents whose spec is not there. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        deployments.forEach((name, it) -> note(missing, Tables.DEPLOYMENT + "/" + name, it.spec()));
        revisions.forEach((key, it) -> note(missing, Tables.REVISION + "/" + key, it.spec()));
        return missing;
    }

    private void note(List<String> missing, String document, SpecRef spec) {
        if (!blobs.containsKey(spec.blob())) {
            missing.add(document + " (the spec that it names is missing)");
        }
    }

    /** All that is whole. */
    List<Change> joined() {
        List<Change> joined = new ArrayList<>();
        deployments.values().forEach(it -> joined.add(new Change.PutDeployment(it.with(whole(it.spec())))));
        revisions.forEach((key, it) -> {
            // one under another key is put to its place later, unless a newer one is there
            if (key.equals(Revision.key(it.deployment(), it.number()))) {
                joined.add(new Change.PutRevision(whole(it)));
            }
        });
        return joined;
    }

    Revision whole(KeptRevision revision) {
        return revision.with(whole(revision.spec()));
    }

    private DeploymentSpec whole(SpecRef ref) {
        used.add(ref.blob());
        return wholes.computeIfAbsent(ref, it -> it.with(Objects.requireNonNull(blobs.get(it.blob()))));
    }

    /** Specs that nothing names. */
    List<String> unused() {
        return blobs.keySet().stream()
                .filter(blob -> !used.contains(blob))
                .sorted()
                .toList();
    }
}
