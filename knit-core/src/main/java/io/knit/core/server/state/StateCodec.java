package io.knit.core.server.state;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Node;
import io.knit.api.spi.StoreWrite;
import io.knit.api.spi.StoredDocument;
import io.knit.core.wire.WireCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** State to documents and back: tables {@code meta, deployment, revision, instance, node, event}. */
public final class StateCodec {
    private static final String META = "meta";
    private static final String DEPLOYMENT = "deployment";
    private static final String REVISION = "revision";
    private static final String INSTANCE = "instance";
    private static final String NODE = "node";
    private static final String EVENT = "event";

    private StateCodec() {}

    /** The one document of the table {@code meta}. */
    private record Meta(String cluster, long revision, long lastEvent) {}

    /** What was found in a store. */
    public record Loaded(ClusterState state, EventLog events) {}

    /** Writes that name a cluster whose store is empty. */
    public static List<StoreWrite> founding(String cluster) {
        return List.of(StoreWrite.put(META, META, WireCodec.encodeText(new Meta(cluster, 0, 0))));
    }

    /** The stored state, or null if the store is empty. */
    public static @Nullable Loaded load(List<StoredDocument> documents) {
        Loader loader = new Loader();
        documents.forEach(loader::take);
        return loader.loaded();
    }

    /**
     * Makes the state of documents that come one after the other, so that they need not all be held at once. A deployment's spec
     * is stored twice, with it and with its revision; here both are one object, as they were before. Not thread-safe.
     */
    public static final class Loader {
        private final List<Change> changes = new ArrayList<>();
        private final List<KnitEvent> events = new ArrayList<>();
        private final Map<String, DeploymentSpec> specs = new HashMap<>();
        private @Nullable Meta meta;

        /**
         * @throws KnitException with {@code STORE_UNAVAILABLE} if it is not one of Knit's or broken
         */
        public void take(StoredDocument document) {
            switch (document.table()) {
                case META -> meta = read(document, Meta.class);
                case DEPLOYMENT -> {
                    Deployment deployment = read(document, Deployment.class);
                    specs.put(deployment.name(), deployment.spec());
                    changes.add(new Change.PutDeployment(deployment));
                }
                case REVISION -> changes.add(new Change.PutRevision(shared(read(document, Revision.class))));
                case INSTANCE -> changes.add(new Change.PutInstance(read(document, Instance.class)));
                case NODE -> changes.add(new Change.PutNode(read(document, Node.class)));
                case EVENT -> events.add(read(document, KnitEvent.class));
                default -> throw broken(document, "its table is not one of Knit's");
            }
        }

        private Revision shared(Revision read) {
            DeploymentSpec known = specs.get(read.deployment());
            return known != null && read.spec().equals(known)
                    ? new Revision(read.deployment(), read.number(), known, read.specHash())
                    : read;
        }

        /** The state, or null if there was none. */
        public @Nullable Loaded loaded() {
            Meta found = meta;
            if (found == null) {
                return null;
            }
            ClusterState state = ClusterState.empty(found.cluster());
            for (Change change : changes) {
                state = change.applyTo(state);
            }
            return new Loaded(state.at(found.revision(), found.lastEvent()), new EventLog(events, found.lastEvent()));
        }
    }

    private static <T> T read(StoredDocument document, Class<T> type) {
        try {
            return WireCodec.decodeText(document.body(), type);
        } catch (KnitException e) {
            throw broken(document, "it can't be read");
        }
    }

    private static KnitException broken(StoredDocument document, String why) {
        return new KnitException(
                ErrorCode.STORE_UNAVAILABLE,
                "the document " + document.table() + "/" + document.key() + " in the store is broken: " + why
                        + "; restore the store from a backup, or start with an empty data folder");
    }

    /** The writes that take the store from {@code before} to {@code after}. */
    static List<StoreWrite> writes(Commit commit) {
        List<StoreWrite> writes = new ArrayList<>();
        ClusterState state = commit.before();
        for (Change change : commit.changes()) {
            add(writes, change, state);
            state = change.applyTo(state);
        }
        for (KnitEvent event : commit.events()) {
            writes.add(StoreWrite.put(EVENT, eventKey(event.seq()), WireCodec.encodeText(event)));
            if (event.seq() > EventLog.KEPT) {
                writes.add(StoreWrite.remove(EVENT, eventKey(event.seq() - EventLog.KEPT)));
            }
        }
        ClusterState after = commit.after();
        writes.add(StoreWrite.put(
                META, META, WireCodec.encodeText(new Meta(after.cluster(), after.revision(), after.lastEvent()))));
        return writes;
    }

    private static void add(List<StoreWrite> writes, Change change, ClusterState before) {
        if (change instanceof Change.PutDeployment put) {
            Deployment d = put.deployment();
            writes.add(StoreWrite.put(DEPLOYMENT, d.name(), WireCodec.encodeText(d)));
        } else if (change instanceof Change.RemoveDeployment remove) {
            writes.add(StoreWrite.remove(DEPLOYMENT, remove.name()));
            before.revisionsOf(remove.name())
                    .forEach(r -> writes.add(StoreWrite.remove(REVISION, Revision.key(r.deployment(), r.number()))));
        } else if (change instanceof Change.PutRevision put) {
            Revision r = put.revision();
            writes.add(StoreWrite.put(REVISION, Revision.key(r.deployment(), r.number()), WireCodec.encodeText(r)));
        } else if (change instanceof Change.RemoveRevision remove) {
            writes.add(StoreWrite.remove(REVISION, Revision.key(remove.deployment(), remove.number())));
        } else if (change instanceof Change.PutInstance put) {
            writes.add(StoreWrite.put(INSTANCE, put.instance().id(), WireCodec.encodeText(put.instance())));
        } else if (change instanceof Change.RemoveInstance remove) {
            writes.add(StoreWrite.remove(INSTANCE, remove.id()));
        } else if (change instanceof Change.PutNode put) {
            writes.add(StoreWrite.put(NODE, put.node().id(), WireCodec.encodeText(put.node())));
        } else if (change instanceof Change.RemoveNode remove) {
            writes.add(StoreWrite.remove(NODE, remove.id()));
        }
    }

    /** Sorts as the numbers do. */
    private static String eventKey(long seq) {
        return String.format("%019d", seq);
    }
}
