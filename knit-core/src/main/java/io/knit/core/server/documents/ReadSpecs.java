package io.knit.core.server.documents;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.core.server.documents.kept.KeptDeployment;
import io.knit.core.server.documents.kept.KeptRevision;
import io.knit.core.server.documents.kept.KeptSpec;
import io.knit.core.server.documents.kept.SpecRef;
import io.knit.core.server.documents.kept.Tables;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.server.value.Sealing;
import io.knit.core.wire.SpecBlob;
import io.knit.core.wire.WireCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Joins deployments and revisions with the specs that they name, in whichever order they come. Equal specs are one object, as they were
 * before they were stored. A spec whose password does not open has another name as long as it does not. Not thread-safe.
 */
final class ReadSpecs {
    private final Sealing keys;
    private final Map<String, DeploymentSpec> blobs = new HashMap<>();
    /** Texts of those that have a password in clear. */
    private final Map<String, String> clear = new TreeMap<>();

    private final Map<String, KeptSpec> sealed = new TreeMap<>();
    /** Of those the names that they have now. */
    private final Map<String, String> names = new HashMap<>();

    /** Of those the names of which there is a document beside it, in clear, or in the place of one that was. */
    private final Set<String> leftInClear = new TreeSet<>();

    private final Map<SpecRef, DeploymentSpec> wholes = new HashMap<>();
    private final Map<String, KeptDeployment> deployments = new TreeMap<>();
    private final Map<String, KeptRevision> revisions = new TreeMap<>();
    /** Keys of revisions whose documents are not under their own. */
    private final Set<String> misplaced = new HashSet<>();

    private final Set<String> used = new HashSet<>();

    /** @param keys that open passwords */
    ReadSpecs(Sealing keys) {
        this.keys = keys;
    }

    void add(StoredDocument document, DeploymentSpec spec) {
        // one that is sealed, too, is newer
        if (sealed.containsKey(document.key())) {
            leftInClear.add(document.key());
            return;
        }
        blobs.put(document.key(), spec);
        if (SealedSpecs.isOpen(spec)) {
            clear.put(document.key(), document.body());
        }
    }

    void add(String blob, KeptSpec kept) {
        ObjectNode opened = SealedSpecs.opened(kept, keys);
        if (blobs.containsKey(blob)) {
            leftInClear.add(blob);
        }
        blobs.put(blob, WireCodec.decode(opened, "spec", DeploymentSpec.class));
        sealed.put(blob, kept);
        names.put(blob, SpecBlob.nameOf(opened));
        clear.remove(blob);
    }

    void add(KeptDeployment deployment) {
        deployments.put(deployment.name(), deployment);
    }

    /** @param isRight whether that is its key */
    void add(String key, KeptRevision revision, boolean isRight) {
        revisions.put(key, revision);
        if (!isRight) {
            misplaced.add(key);
        }
    }

    /** Documents whose spec is not there. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        deployments.forEach((name, it) -> note(missing, Tables.DEPLOYMENT, name, it.spec()));
        revisions.forEach((key, it) -> note(missing, Tables.REVISION, key, it.spec()));
        return missing;
    }

    private void note(List<String> missing, String table, String key, SpecRef spec) {
        if (!blobs.containsKey(spec.blob())) {
            missing.add(table + "/" + key + " (the spec that it names is missing)");
        }
    }

    /** All that is whole. */
    ClusterState joined(String cluster) {
        TreeMap<String, Deployment> whole = new TreeMap<>();
        deployments.forEach((name, it) -> whole.put(name, it.with(whole(it.spec()))));
        TreeMap<String, Revision> right = new TreeMap<>();
        revisions.forEach((key, it) -> {
            // one under another key is put to its place later, unless a newer one is there
            if (!misplaced.contains(key)) {
                right.put(key, whole(it));
            }
        });
        return ClusterState.of(cluster, whole, right);
    }

    Revision whole(KeptRevision revision) {
        SpecRef spec = revision.spec();
        return (isRenamed(spec.blob()) ? revision.named(name(spec)) : revision).with(whole(spec));
    }

    private String name(SpecRef spec) {
        return names.getOrDefault(spec.blob(), spec.blob());
    }

    private DeploymentSpec whole(SpecRef ref) {
        used.add(ref.blob());
        DeploymentSpec blob = Objects.requireNonNull(blobs.get(ref.blob()));
        // what is the blob itself is the same object without being looked up
        return ref.isAll(blob) ? blob : wholes.computeIfAbsent(ref, it -> it.with(blob));
    }

    /** What must be written so that each has its name, and none is there that nothing names. */
    List<StoreWrite> mended() {
        List<StoreWrite> mended = new ArrayList<>();
        Set<String> unused = new TreeSet<>();
        if (used.size() < blobs.size()) {
            unused.addAll(blobs.keySet());
            unused.removeAll(used);
        }
        unused.forEach(
                blob -> mended.add(StoreWrite.remove(sealed.containsKey(blob) ? Tables.SEALED : Tables.SPEC, blob)));
        leftInClear.forEach(blob -> mended.add(StoreWrite.remove(Tables.SPEC, blob)));
        sealed.forEach((blob, kept) -> {
            if (used.contains(blob) && isRenamed(blob)) {
                mended.add(StoreWrite.remove(Tables.SEALED, blob));
                mended.add(SealedSpecs.put(Objects.requireNonNull(names.get(blob)), kept));
            }
        });
        if (names.isEmpty()) {
            return mended;
        }
        deployments.forEach((key, it) -> {
            if (isRenamed(it.spec().blob())) {
                mended.add(StoreWrite.put(Tables.DEPLOYMENT, key, WireCodec.encodeText(it.named(name(it.spec())))));
            }
        });
        revisions.forEach((key, it) -> {
            if (isRenamed(it.spec().blob())) {
                mended.add(StoreWrite.put(Tables.REVISION, key, WireCodec.encodeText(it.named(name(it.spec())))));
            }
        });
        return mended;
    }

    private boolean isRenamed(String blob) {
        return !names.isEmpty() && !names.getOrDefault(blob, blob).equals(blob);
    }

    /** Whether there are passwords in clear that something names. */
    boolean isClear() {
        return clear.keySet().stream().anyMatch(used::contains);
    }

    /** Whether what was in clear before it was sealed is there, or may be where nothing is any more. */
    boolean isLeftInClear() {
        return !leftInClear.isEmpty();
    }

    /** What seals those in clear, and those that open under another key than the first; without a key those in clear are written as they are. */
    List<StoreWrite> sealed(Sealing sealing) {
        List<StoreWrite> writes = new ArrayList<>();
        boolean can = !sealing.keys().isEmpty();
        clear.forEach((blob, text) -> {
            if (!used.contains(blob)) {
                return;
            }
            if (can) {
                writes.add(StoreWrite.remove(Tables.SPEC, blob));
                writes.add(SealedSpecs.put(blob, SealedSpecs.sealed(blob, WireCodec.parse(text), sealing)));
            } else {
                writes.add(StoreWrite.put(Tables.SPEC, blob, text));
            }
        });
        sealed.forEach((blob, kept) -> {
            boolean opens = SealedSpecs.isOpen(Objects.requireNonNull(blobs.get(blob)));
            if (can
                    && opens
                    && used.contains(blob)
                    && !kept.key().equals(sealing.keys().first())) {
                String name = Objects.requireNonNull(names.get(blob));
                writes.add(SealedSpecs.put(name, SealedSpecs.sealed(name, SealedSpecs.opened(kept, keys), sealing)));
            }
        });
        return writes;
    }
}
