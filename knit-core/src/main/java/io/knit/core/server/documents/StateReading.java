package io.knit.core.server.documents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.command.Webhook;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.Observed;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.core.server.documents.kept.KeptDeployment;
import io.knit.core.server.documents.kept.KeptEvents;
import io.knit.core.server.documents.kept.KeptRevision;
import io.knit.core.server.documents.kept.KeptSpec;
import io.knit.core.server.documents.kept.KeptToken;
import io.knit.core.server.documents.kept.KeptValue;
import io.knit.core.server.documents.kept.KeptWebhook;
import io.knit.core.server.documents.kept.Meta;
import io.knit.core.server.documents.kept.Tables;
import io.knit.core.server.documents.upgrade.Upgrades;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.server.value.Sealing;
import io.knit.core.wire.RecordTexts;
import io.knit.core.wire.WireCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reading of all documents, on the belief that they have a certain form. What can't be read is judged at the end, when it is known
 * whether the belief was right. Not thread-safe.
 */
public final class StateReading {
    private static final Logger LOG = LoggerFactory.getLogger(StateReading.class);
    private static final int MOST_NAMED = 5;

    private final Upgrades upgrades;
    private final int believed;
    private final RecordTexts texts = new RecordTexts();
    private final ReadParts parts = new ReadParts();
    private final ReadSpecs specs;
    private final ReadEvents events = new ReadEvents();
    private final List<Misplaced> misplaced = new ArrayList<>();
    private final List<StoreWrite> mended = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();
    private int count;
    private int form;
    private @Nullable Meta meta;

    private final Map<String, Kind<?>> kinds = Map.ofEntries(
            Map.entry(Tables.META, new Kind<>(Meta.class, (at, it) -> meta = it)),
            Map.entry(Tables.DEPLOYMENT, new Kind<>(KeptDeployment.class, (at, it) -> specs().add(it))),
            Map.entry(Tables.REVISION, new Kind<>(KeptRevision.class, this::add)),
            Map.entry(Tables.SPEC, new Kind<>(DeploymentSpec.class, (at, it) -> specs().add(at, it))),
            Map.entry(Tables.SEALED, new Kind<>(KeptSpec.class, (at, it) -> specs().add(at.key(), it))),
            Map.entry(Tables.INSTANCE, new Kind<>(Instance.class, (at, it) -> parts.add(it))),
            Map.entry(Tables.OBSERVED, new Kind<>(Observed.class, (at, it) -> parts.add(at.key(), it))),
            Map.entry(Tables.NODE, new Kind<>(Node.class, (at, it) -> parts.add(it))),
            Map.entry(Tables.FACTS, new Kind<>(NodeFacts.class, (at, it) -> parts.add(at.key(), it))),
            Map.entry(Tables.JUDGEMENT, new Kind<>(NodeJudgement.class, (at, it) -> parts.add(at.key(), it))),
            Map.entry(Tables.VOLUME, new Kind<>(SlotVolume.class, (at, it) -> parts.add(it))),
            Map.entry(Tables.LEFT_VOLUME, new Kind<>(SlotVolume.class, (at, it) -> parts.add(it))),
            Map.entry(Tables.MOVE, new Kind<>(SlotMove.class, (at, it) -> parts.add(it))),
            Map.entry(Tables.TOKEN, new Kind<>(KeptToken.class, (at, it) -> parts.add(it.known()))),
            Map.entry(Tables.WEBHOOK, new Kind<>(KeptWebhook.class, (at, it) -> parts.add(it))),
            Map.entry(Tables.COURSE, new Kind<>(Webhook.Course.class, (at, it) -> parts.add(at.key(), it))),
            Map.entry(Tables.VALUE, new Kind<>(KeptValue.class, (at, it) -> parts.add(it.known()))),
            Map.entry(Tables.OLDER_VALUE, new Kind<>(KeptValue.Older.class, (at, it) -> parts.add(it.older()))),
            Map.entry(Tables.EVENT, new Kind<>(ObjectNode.class, (at, it) -> events.read(at, it, this::isAt))));

    /** @param believed number of the form that the documents are read as */
    public StateReading(Upgrades upgrades, int believed) {
        this(upgrades, believed, Sealing.NONE);
    }

    /**
     * The same.
     *
     * @param keys that open passwords
     */
    public StateReading(Upgrades upgrades, int believed, Sealing keys) {
        this.specs = new ReadSpecs(keys);
        this.upgrades = upgrades;
        this.believed = believed;
        this.form = believed;
    }

    private ReadSpecs specs() {
        return specs;
    }

    /** A document under another key than its own: a server of before wrote keys with the digits of its machine's language. */
    private record Misplaced(StoredDocument document, String key, Object content) {}

    /** The number that the store says; the believed one if it says none. */
    public int form() {
        return form;
    }

    /** What must be written so that the next start finds the newest form. */
    public List<StoreWrite> mended() {
        return mended;
    }

    /**
     * What must be written so that it finds no password in clear and none under an older key.
     *
     * @param sealing by which they are sealed; without a key what was in clear stays so
     */
    public List<StoreWrite> sealed(Sealing sealing) {
        return specs.sealed(sealing);
    }

    /** Whether there are passwords in clear. */
    boolean isClear() {
        return specs.isClear();
    }

    /** Whether they may still lie where nothing is any more. */
    boolean isResidue() {
        return specs.isLeftInClear() || meta != null && Boolean.TRUE.equals(meta.residue());
    }

    public void take(StoredDocument document) {
        count++;
        if (document.table().equals(Tables.META)) {
            note(document);
        }
        if (form != believed) {
            return;
        }
        if (believed == upgrades.newest()) {
            read(document);
        } else {
            upgrade(document);
        }
    }

    private void note(StoredDocument document) {
        Optional<Meta> usual = texts.ifUsual(document.body(), Meta.class);
        if (usual.isPresent()) {
            form = Math.max(1, usual.get().format());
            return;
        }
        try {
            JsonNode said = WireCodec.parse(document.body()).path("format");
            // one that is no number is found when the document is read
            int number = said.isInt() ? said.intValue() : 0;
            form = number < 1 ? 1 : number;
        } catch (KnitException e) {
            form = believed;
        }
    }

    private void upgrade(StoredDocument old) {
        try {
            ObjectNode before = WireCodec.parse(old.body());
            List<Upgrades.Tree> now =
                    upgrades.apply(believed, new Upgrades.Tree(old.table(), old.key(), before.deepCopy()));
            boolean stays = false;
            for (Upgrades.Tree tree : now) {
                boolean same = tree.table().equals(old.table()) && tree.key().equals(old.key());
                stays |= same;
                String body = WireCodec.encodeText(tree.body());
                // a spec that has a password is written when there is a key to seal that with
                boolean sealed = tree.table().equals(Tables.SPEC) && tree.body().has("registry_auth");
                if (!sealed && (!same || !tree.body().equals(before))) {
                    mended.add(StoreWrite.put(tree.table(), tree.key(), body));
                }
                read(new StoredDocument(tree.table(), tree.key(), body));
            }
            if (!stays) {
                mended.add(StoreWrite.remove(old.table(), old.key()));
            }
        } catch (KnitException e) {
            unreadable.add(name(old) + " (" + e.getMessage() + ")");
        }
    }

    private void read(StoredDocument document) {
        // of those that are not as usual each event is read by itself
        Optional<KeptEvents> told = document.table().equals(Tables.EVENT)
                ? texts.ifUsual(document.body(), KeptEvents.class)
                : Optional.empty();
        if (told.isPresent()) {
            events.read(document, told.get(), this::isAt);
        } else {
            put(decoded(document));
        }
    }

    /**
     * What a document says, or why that can't be read.
     *
     * @param content null: it can't
     */
    private record Decoded(
            StoredDocument document, @Nullable Object content, String fault) {}

    private Decoded decoded(StoredDocument document) {
        Kind<?> kind = kinds.get(document.table());
        if (kind == null) {
            return new Decoded(document, null, "its table is not one of Knit's");
        }
        try {
            return new Decoded(document, kind.decoded(document, texts), "");
        } catch (KnitException e) {
            return new Decoded(document, null, e.getMessage());
        }
    }

    /**
     * What documents of a table say, and where it goes.
     *
     * @param put throws {@link KnitException} if it can't be taken
     */
    private record Kind<T>(Class<T> type, BiConsumer<StoredDocument, T> put) {
        T decoded(StoredDocument document, RecordTexts texts) {
            return texts.decode(document.body(), type);
        }

        void put(StoredDocument document, Object content) {
            put.accept(document, type.cast(content));
        }
    }

    private void put(Decoded it) {
        StoredDocument document = it.document();
        Kind<?> kind = kinds.get(document.table());
        if (kind == null || it.content() == null) {
            unreadable(document, it.fault());
            return;
        }
        try {
            kind.put(document, it.content());
        } catch (KnitException e) {
            unreadable(document, e.getMessage());
        }
    }

    private void add(StoredDocument document, KeptRevision revision) {
        boolean isRight = isAt(document, Revision.key(revision.deployment(), revision.number()), revision);
        specs.add(document.key(), revision, isRight);
    }

    /** An event tells of what was; the rest is what is, and nothing of that may be lost in silence. */
    private void unreadable(StoredDocument document, String why) {
        List<String> among = document.table().equals(Tables.EVENT) ? events.unreadable() : unreadable;
        among.add(name(document) + " (" + why + ")");
    }

    private boolean isAt(StoredDocument document, String key, Object content) {
        if (document.key().equals(key)) {
            return true;
        }
        misplaced.add(new Misplaced(document, key, content));
        return false;
    }

    private static String name(StoredDocument document) {
        return document.table() + "/" + document.key();
    }

    /**
     * The state, or empty: the store is.
     *
     * @throws KnitException with {@code STORE_UNAVAILABLE}
     */
    public Optional<StateLoader.Loaded> finish() {
        if (unreadable.isEmpty()) {
            unreadable.addAll(parts.missing());
            unreadable.addAll(specs.missing());
        }
        if (!unreadable.isEmpty()) {
            throw refused(unreadable);
        }
        Meta found = meta;
        if (found == null) {
            if (count > 0) {
                throw refused(List.of("meta/meta (it is missing, though there are " + count + " others)"));
            }
            return Optional.empty();
        }
        if (!events.unreadable().isEmpty()) {
            LOG.warn(
                    "{} event(s) in the store can't be read and are left out: {}",
                    events.unreadable().size(),
                    named(events.unreadable()));
        }
        ClusterState state = parts.joinedTo(specs.joined(found.cluster()), found.lastEvent());
        state = state.passed(Objects.requireNonNullElse(found.passed(), 0));
        for (Misplaced each : misplaced) {
            state = replaced(state, each);
        }
        mended.addAll(specs.mended());
        return Optional.of(new StateLoader.Loaded(
                state.at(found.revision(), found.lastEvent())
                        .servedAt(Objects.requireNonNullElse(found.served(), Instant.EPOCH))
                        .loaded(),
                events.log(found.lastEvent())));
    }

    /** To where it belongs, unless a newer one is there. */
    private ClusterState replaced(ClusterState state, Misplaced it) {
        mended.add(StoreWrite.remove(it.document().table(), it.document().key()));
        StoreWrite again =
                StoreWrite.put(it.document().table(), it.key(), it.document().body());
        if (it.content() instanceof KeptEvents found && events.addIfMissing(found)) {
            mended.add(again);
        }
        if (it.content() instanceof KeptRevision revision
                && state.deployment(revision.deployment()) != null
                && state.revision(revision.deployment(), revision.number()) == null) {
            mended.add(again);
            return new Change.PutRevision(specs.whole(revision)).applyTo(state);
        }
        return state;
    }

    private static KnitException refused(List<String> documents) {
        return new KnitException(
                ErrorCode.STORE_UNAVAILABLE,
                documents.size() + " document(s) in the store can't be read: " + named(documents)
                        + "; start the version of Knit that wrote them, or restore the store from a backup. Nothing was changed in it");
    }

    private static String named(List<String> documents) {
        String first = String.join(", ", documents.subList(0, Math.min(MOST_NAMED, documents.size())));
        return documents.size() > MOST_NAMED ? first + " and " + (documents.size() - MOST_NAMED) + " more" : first;
    }
}
