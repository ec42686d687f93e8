package io.knit.core.server.state;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.model.Deployment;
import io.knit.api.model.KnitEvent;
import io.knit.api.spi.store.StoreWrite;
import io.knit.core.wire.WireCodec;
import java.util.ArrayList;
import java.util.List;

/** State to documents: tables {@code meta, deployment, revision, instance, node, event}. */
public final class StateCodec {
    static final String META = "meta";
    static final String DEPLOYMENT = "deployment";
    static final String REVISION = "revision";
    static final String INSTANCE = "instance";
    static final String NODE = "node";
    static final String EVENT = "event";

    private StateCodec() {}

    /**
     * The one document of the table {@code meta}.
     *
     * @param format number of the form in which the documents are, as in {@link Upgrades}; 0 of one that says none
     */
    record Meta(
            @JsonProperty(required = true) String cluster,
            @JsonProperty(required = true) long revision,
            @JsonProperty(required = true) long lastEvent,
            int format) {
        StoreWrite write() {
            return StoreWrite.put(META, META, WireCodec.encodeText(this));
        }
    }

    /** Writes that name a cluster whose store is empty. */
    public static List<StoreWrite> founding(String cluster) {
        return List.of(new Meta(cluster, 0, 0, Upgrades.KNOWN.newest()).write());
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
            writes.add(StoreWrite.put(EVENT, Keys.event(event.seq()), WireCodec.encodeText(event)));
            if (event.seq() > EventLog.STORED) {
                writes.add(StoreWrite.remove(EVENT, Keys.event(event.seq() - EventLog.STORED)));
            }
        }
        ClusterState after = commit.after();
        writes.add(new Meta(after.cluster(), after.revision(), after.lastEvent(), Upgrades.KNOWN.newest()).write());
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
}
