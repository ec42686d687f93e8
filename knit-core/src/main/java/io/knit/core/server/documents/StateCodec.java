package io.knit.core.server.documents;

import io.knit.api.command.Webhook;
import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Observed;
import io.knit.api.model.SlotVolume;
import io.knit.api.spi.store.StoreWrite;
import io.knit.core.server.documents.kept.KeptDeployment;
import io.knit.core.server.documents.kept.KeptEvents;
import io.knit.core.server.documents.kept.KeptRevision;
import io.knit.core.server.documents.kept.KeptToken;
import io.knit.core.server.documents.kept.KeptValue;
import io.knit.core.server.documents.kept.KeptWebhook;
import io.knit.core.server.documents.kept.Meta;
import io.knit.core.server.documents.kept.Tables;
import io.knit.core.server.documents.upgrade.Upgrades;
import io.knit.core.server.events.StoredEvents;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.server.state.Keys;
import io.knit.core.server.state.KnownValue;
import io.knit.core.server.state.Revision;
import io.knit.core.server.state.Step;
import io.knit.core.server.value.Sealing;
import io.knit.core.wire.WireCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * State to documents: tables {@code meta, deployment, revision, spec, sealed, instance, observed, node, facts, judgement, event, token, webhook, course, value, older_value, volume, left_volume, move}. What has another writer
 * has another document: a status or a heartbeat rewrites nothing that is wanted.
 */
public final class StateCodec {
    private StateCodec() {}

    /** Writes that name a cluster whose store is empty. */
    public static List<StoreWrite> founding(String cluster) {
        return List.of(served(ClusterState.empty(cluster)));
    }

    /** The write that says how long servers were there, and nothing else anew. */
    public static StoreWrite served(ClusterState state) {
        return Meta.of(state, Upgrades.KNOWN.newest()).write();
    }

    /** The writes that take the store from {@code before} to {@code after}. */
    public static List<StoreWrite> writes(Commit commit) {
        return writes(commit, Step.of(commit.before(), commit.changes()), new StoredEvents(List.of()), Sealing.NONE);
    }

    /**
     * The same.
     *
     * @param steps the commit's changes
     * @param stored the events that are in the store
     * @param sealing for passwords of registries
     */
    public static List<StoreWrite> writes(Commit commit, List<Step> steps, StoredEvents stored, Sealing sealing) {
        List<StoreWrite> writes = new ArrayList<>();
        Map<String, Change> newest = newest(steps);
        for (Step step : steps) {
            add(writes, step.change(), step.before(), commit.after(), newest);
        }
        writes.addAll(SpecWrites.of(commit, sealing));
        addEvents(writes, StoredEvents.documents(commit.events()), stored);
        writes.add(served(commit.after()));
        return writes;
    }

    private static void addEvents(List<StoreWrite> writes, List<List<KnitEvent>> documents, StoredEvents stored) {
        int more = 0;
        for (List<KnitEvent> told : documents) {
            String key = Keys.event(told.get(0).seq());
            writes.add(StoreWrite.put(Tables.EVENT, key, WireCodec.encodeText(new KeptEvents(told))));
            more += told.size();
        }
        if (more > 0) {
            stored.over(more).forEach(first -> writes.add(StoreWrite.remove(Tables.EVENT, Keys.event(first))));
        }
    }

    /** Of an instance that is put several times, by its id: what it is made and where it goes are two changes, and one document. */
    private static Map<String, Change> newest(List<Step> steps) {
        Map<String, Change> newest = new HashMap<>();
        for (Step step : steps) {
            if (step.change() instanceof Change.PutInstance put) {
                newest.put(put.instance().id(), put);
            }
        }
        return newest;
    }

    private static void add(
            List<StoreWrite> writes,
            Change change,
            ClusterState before,
            ClusterState after,
            Map<String, Change> newest) {
        if (change instanceof Change.PutDeployment put) {
            Deployment d = put.deployment();
            KeptDeployment kept = KeptDeployment.of(d, SpecWrites.blob(after, d));
            writes.add(StoreWrite.put(Tables.DEPLOYMENT, d.name(), WireCodec.encodeText(kept)));
        } else if (change instanceof Change.RemoveDeployment remove) {
            writes.add(StoreWrite.remove(Tables.DEPLOYMENT, remove.name()));
            before.revisionsOf(remove.name())
                    .forEach(r ->
                            writes.add(StoreWrite.remove(Tables.REVISION, Revision.key(r.deployment(), r.number()))));
        } else if (change instanceof Change.PutRevision put) {
            Revision r = put.revision();
            String key = Revision.key(r.deployment(), r.number());
            writes.add(StoreWrite.put(Tables.REVISION, key, WireCodec.encodeText(KeptRevision.of(r))));
        } else if (change instanceof Change.RemoveRevision remove) {
            writes.add(StoreWrite.remove(Tables.REVISION, Revision.key(remove.deployment(), remove.number())));
        } else if (change instanceof Change.PutInstance put) {
            String id = put.instance().id();
            put(writes, before.instance(id), put.instance(), newest.get(id) == put);
        } else if (change instanceof Change.PutObserved put) {
            writes.add(StoreWrite.put(Tables.OBSERVED, put.instance(), WireCodec.encodeText(put.observed())));
        } else if (change instanceof Change.RemoveInstance remove) {
            writes.add(StoreWrite.remove(Tables.INSTANCE, remove.id()));
            writes.add(StoreWrite.remove(Tables.OBSERVED, remove.id()));
        } else if (change instanceof Change.PutNode put) {
            String id = put.node().id();
            writes.add(StoreWrite.put(Tables.NODE, id, WireCodec.encodeText(put.node())));
            writes.add(StoreWrite.put(
                    Tables.FACTS, id, WireCodec.encodeText(put.node().facts())));
            writes.add(StoreWrite.put(
                    Tables.JUDGEMENT, id, WireCodec.encodeText(put.node().judgement())));
        } else if (change instanceof Change.PutFacts put) {
            writes.add(StoreWrite.put(Tables.FACTS, put.node(), WireCodec.encodeText(put.facts())));
        } else if (change instanceof Change.PutJudgement put) {
            writes.add(StoreWrite.put(Tables.JUDGEMENT, put.node(), WireCodec.encodeText(put.judgement())));
        } else if (change instanceof Change.RemoveNode remove) {
            writes.add(StoreWrite.remove(Tables.NODE, remove.id()));
            writes.add(StoreWrite.remove(Tables.FACTS, remove.id()));
            writes.add(StoreWrite.remove(Tables.JUDGEMENT, remove.id()));
            before.volumesOn(remove.id())
                    .forEach((key, volume) -> writes.add(StoreWrite.remove(Tables.of(volume), key)));
        } else if (change instanceof Change.PutVolume put) {
            put(writes, before.volumes().get(put.volume().key()), put.volume());
        } else if (change instanceof Change.RemoveVolume remove) {
            SlotVolume known = before.volumes().get(remove.key());
            writes.add(StoreWrite.remove(known == null ? Tables.VOLUME : Tables.of(known), remove.key()));
        } else if (change instanceof Change.PutToken put) {
            String name = put.token().token().name();
            writes.add(StoreWrite.put(Tables.TOKEN, name, WireCodec.encodeText(KeptToken.of(put.token()))));
        } else if (change instanceof Change.RemoveToken remove) {
            writes.add(StoreWrite.remove(Tables.TOKEN, remove.name()));
        } else if (change instanceof Change.PutMove put) {
            writes.add(StoreWrite.put(Tables.MOVE, put.move().key(), WireCodec.encodeText(put.move())));
        } else if (change instanceof Change.RemoveMove remove) {
            writes.add(StoreWrite.remove(Tables.MOVE, remove.key()));
        } else {
            addOutside(writes, change);
        }
    }

    private static void addOutside(List<StoreWrite> writes, Change change) {
        if (change instanceof Change.PutWebhook put) {
            Webhook hook = put.webhook().webhook();
            writes.add(
                    StoreWrite.put(Tables.WEBHOOK, hook.name(), WireCodec.encodeText(KeptWebhook.of(put.webhook()))));
            writes.add(StoreWrite.put(Tables.COURSE, hook.name(), WireCodec.encodeText(hook.course())));
        } else if (change instanceof Change.PutCourse put) {
            writes.add(StoreWrite.put(Tables.COURSE, put.webhook(), WireCodec.encodeText(put.course())));
        } else if (change instanceof Change.RemoveWebhook remove) {
            writes.add(StoreWrite.remove(Tables.WEBHOOK, remove.name()));
            writes.add(StoreWrite.remove(Tables.COURSE, remove.name()));
        } else if (change instanceof Change.PutValue put) {
            writes.add(StoreWrite.put(Tables.VALUE, put.value().at(), WireCodec.encodeText(KeptValue.of(put.value()))));
        } else if (change instanceof Change.RemoveValue remove) {
            writes.add(StoreWrite.remove(Tables.VALUE, KnownValue.at(remove.kind(), remove.name())));
        } else if (change instanceof Change.KeepValue keep) {
            String body = WireCodec.encodeText(KeptValue.Older.of(keep.older()));
            writes.add(StoreWrite.put(Tables.OLDER_VALUE, keep.older().at(), body));
        } else if (change instanceof Change.ForgetValue forget) {
            writes.add(StoreWrite.remove(Tables.OLDER_VALUE, forget.at()));
        }
    }

    private static void put(List<StoreWrite> writes, @Nullable SlotVolume before, SlotVolume now) {
        if (before != null && !Tables.of(before).equals(Tables.of(now))) {
            writes.add(StoreWrite.remove(Tables.of(before), before.key()));
        }
        writes.add(StoreWrite.put(Tables.of(now), now.key(), WireCodec.encodeText(now)));
    }

    private static void put(List<StoreWrite> writes, @Nullable Instance before, Instance now, boolean newest) {
        if (newest) {
            writes.add(StoreWrite.put(Tables.INSTANCE, now.id(), WireCodec.encodeText(now)));
        }
        Observed known = before == null ? Observed.NOTHING : before.observed();
        if (!now.observed().equals(known)) {
            writes.add(StoreWrite.put(Tables.OBSERVED, now.id(), WireCodec.encodeText(now.observed())));
        }
    }
}
