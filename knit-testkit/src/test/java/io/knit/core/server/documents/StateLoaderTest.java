package io.knit.core.server.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.api.spi.store.WipingStore;
import io.knit.core.server.documents.kept.KeptDeployment;
import io.knit.core.server.documents.kept.KeptRevision;
import io.knit.core.server.documents.upgrade.EventGathering;
import io.knit.core.server.documents.upgrade.SpecParting;
import io.knit.core.server.documents.upgrade.Upgrades;
import io.knit.core.server.events.StoredEvents;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.server.state.Keys;
import io.knit.core.server.state.Revision;
import io.knit.core.server.state.Step;
import io.knit.core.server.value.KeyRing;
import io.knit.core.server.value.Sealing;
import io.knit.core.wire.SpecHash;
import io.knit.core.wire.WireCodec;
import io.knit.testkit.Futures;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of documents of other versions. The steps are made up: form 2 renames, form 3 parts, leaves out and adds; forms 4 and 5 are as today's 3 and 4. */
class StateLoaderTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final DeploymentSpec WEB =
            DeploymentSpec.builder("web", "nginx:1.27").build();
    private static final String META = "{\"cluster\":\"c1\",\"last_event\":1,\"revision\":7}";

    private static final Upgrades.Step RENAMES = document -> {
        document.body().put("steps", document.body().path("steps").asText() + "2");
        return document.table().equals("job")
                ? List.of(new Upgrades.Tree("deployment", document.key(), document.body()))
                : List.of(document);
    };
    private static final Upgrades.Step PARTS = document -> {
        document.body().put("steps", document.body().path("steps").asText() + "3");
        return switch (document.table()) {
            case "cache" -> List.of();
            case "deployment" ->
                List.of(
                        document,
                        new Upgrades.Tree(
                                "revision",
                                Keys.revision(document.key(), 1),
                                document.body()
                                        .objectNode()
                                        .put("deployment", document.key())
                                        .put("number", 1)
                                        .set("spec", document.body().get("spec"))));
            default -> List.of(document);
        };
    };
    private static final Upgrades TWO_STEPS =
            new Upgrades(List.of(RENAMES, PARTS, new SpecParting(), new EventGathering()));

    private final EventQueue queue = new EventQueue(1);
    private final InMemoryStorage storage = new InMemoryStorage();

    private static StoredDocument document(String table, String key, Object record) {
        return new StoredDocument(table, key, record instanceof String body ? body : WireCodec.encodeText(record));
    }

    private static Deployment web() {
        return new Deployment("web", 1, WEB, false, NOW, NOW);
    }

    private static List<StoredDocument> formOne() {
        return List.of(
                document("cache", "x", "{\"old\":true}"),
                document("job", "web", web()),
                document("event", Keys.event(1), new KnitEvent(1, NOW, "deployment.created", "web", null, null, "new")),
                document("meta", "meta", META));
    }

    private Future<Optional<StateLoader.Loaded>> load(Upgrades upgrades) {
        SimulatedLoop loop = new SimulatedLoop(queue);
        InMemoryStore store = Futures.await(InMemoryStore.open(storage, loop));
        Future<Optional<StateLoader.Loaded>> loading = new StateLoader(loop, store, upgrades, PasswordSeal.NONE).load();
        queue.runFor(Duration.ofSeconds(1));
        store.close();
        return loading;
    }

    private StateLoader.Loaded loaded(Upgrades upgrades) {
        return Futures.await(load(upgrades)).orElseThrow();
    }

    private KnitException refused(Upgrades upgrades) {
        List<StoredDocument> before = storage.documents();
        KnitException failure = Futures.failure(load(upgrades));
        assertThat(storage.documents()).isEqualTo(before);
        assertThat(storage.commits()).isZero();
        assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        return failure;
    }

    private Map<String, String> stored() {
        return storage.documents().stream()
                .collect(Collectors.toMap(d -> d.table() + "/" + d.key(), StoredDocument::body));
    }

    @Test
    @DisplayName("older documents go through each step from their form on, and one commit keeps them with the number")
    void upgrades() {
        storage.restore(formOne());

        StateLoader.Loaded state = loaded(TWO_STEPS);

        assertThat(state.state().cluster()).isEqualTo("c1");
        assertThat(state.state().revision()).isEqualTo(7);
        assertThat(state.state().deployments()).containsOnly(Map.entry("web", web()));
        assertThat(state.state().revision("web", 1)).isEqualTo(Revision.of(1, WEB));
        assertThat(storage.commits()).isEqualTo(1);
        assertThat(stored())
                .containsOnlyKeys(
                        "deployment/web",
                        "revision/web/000000001",
                        "event/0000000000000000001",
                        "meta/meta",
                        "spec/" + Revision.of(1, WEB).blob());
        assertThat(stored().get("deployment/web")).contains("\"steps\":\"23\"");
        assertThat(stored().get("meta/meta")).contains("\"format\":5", "\"revision\":7", "\"last_event\":1");

        StateLoader.Loaded again = loaded(TWO_STEPS);
        assertThat(storage.commits()).as("the second start writes nothing").isEqualTo(1);
        assertThat(again.state().deployments()).isEqualTo(state.state().deployments());
        assertThat(again.events().after(0)).isEqualTo(state.events().after(0)).hasSize(1);
    }

    @Test
    @DisplayName("only the steps that are missing are gone, wherever the number stands")
    void fromTheMiddle() {
        List<StoredDocument> documents = new ArrayList<>(List.of(
                document("deployment", "web", web()),
                document("meta", "meta", META.replace("{\"cluster", "{\"format\":2,\"cluster"))));
        storage.restore(documents);
        loaded(TWO_STEPS);
        assertThat(stored().get("deployment/web")).contains("\"steps\":\"3\"");

        StateReading metaFirst = new StateReading(TWO_STEPS, 5);
        metaFirst.take(documents.get(1));
        metaFirst.take(document("deployment", "web", "{\"not\":\"of form 5\"}"));
        assertThat(metaFirst.form()).isEqualTo(2);
    }

    @Test
    @DisplayName("an upgrade that could not be written is none: the next start does it again")
    void notWritten() {
        storage.restore(formOne());
        storage.failNext(1);
        assertThat(Futures.failure(load(TWO_STEPS)).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(storage.documents()).containsExactlyInAnyOrderElementsOf(formOne());
        assertThat(loaded(TWO_STEPS).state().deployments()).containsKey("web");
    }

    @Test
    @DisplayName(
            "a released store says no number, has form 1, and is brought to the newest once; each commit writes the number")
    void released() {
        storage.restore(List.of(document("meta", "meta", META)));
        StateLoader.Loaded state = loaded(Upgrades.KNOWN);
        assertThat(storage.commits()).isEqualTo(1);
        assertThat(Upgrades.KNOWN.newest()).isEqualTo(4);
        loaded(Upgrades.KNOWN);
        assertThat(storage.commits()).isEqualTo(1);
        ClusterState next = state.state().at(8, 1);
        assertThat(StateCodec.writes(new Commit(state.state(), next, List.of(), List.of())))
                .extracting(StoreWrite::body)
                .singleElement()
                .asString()
                .contains("\"format\":4");
        assertThat(StateCodec.founding("c"))
                .extracting(StoreWrite::body)
                .singleElement()
                .asString()
                .contains("\"format\":4");
    }

    @Test
    @DisplayName("a newer store is refused with its number and what to do, though nothing of it can be read")
    void newer() {
        storage.restore(List.of(
                document("deployment", "web", "{\"future\":1}"),
                document("meta", "meta", META.replace("{\"cluster", "{\"format\":99,\"cluster")),
                document("quota", "x", "{}")));
        assertThat(refused(Upgrades.KNOWN))
                .hasMessageContaining("newer Knit (format 99, this one knows up to 4)")
                .hasMessageContaining("start that version, or restore the backup");
    }

    @Test
    @DisplayName("what can't be read is named with its reason, all at once; nothing accepted is left out in silence")
    void unreadable() {
        Instance instance = Instance.pending("i1", "web", 1, 0, 0, List.of(), NOW, "", NOW);
        storage.restore(List.of(
                document("deployment", "web", KeptDeployment.of(web(), "0".repeat(64))),
                document("instance", "i1", instance),
                document("observed", "i1", "{\"state\":\"FROZEN\"}"),
                document("node", "n1", "{\"id\":\"n1\",\"identity\":\"secret\"}"),
                document("facts", "n1", "{\"labels\":7}"),
                document("revision", "web/000000001", "{\"deployment\":\"web\",\"number\":1}"),
                document("surprise", "x", "{}"),
                document("meta", "meta", META.replace("{\"cluster", "{\"format\":3,\"cluster"))));
        assertThat(refused(Upgrades.KNOWN))
                .hasMessageContaining("4 document(s)")
                .hasMessageContaining(
                        "observed/i1 (can't be read as Observed: state is FROZEN, which this version does not know)")
                .hasMessageContaining("facts/n1 (can't be read as NodeFacts: labels can't be what is there)")
                .hasMessageContaining("revision/web/000000001 (can't be read as KeptRevision: spec is missing)")
                .hasMessageContaining("surprise/x (its table is not one of Knit's)")
                .hasMessageNotContaining("secret");
    }

    @Test
    @DisplayName("of very many documents all are read, and those that can't be are named in their order")
    void many() {
        List<StoredDocument> documents = new ArrayList<>();
        documents.add(document("meta", "meta", META.replace("{\"cluster", "{\"format\":4,\"cluster")));
        for (int i = 0; i < 3_000; i++) {
            documents.add(document("node", "n" + i, "{\"id\":\"n" + i + "\",\"identity\":\"i\"}"));
            documents.add(document("facts", "n" + i, "{}"));
            documents.add(document("judgement", "n" + i, "{\"state\":\"READY\"}"));
        }
        storage.restore(documents);
        assertThat(loaded(Upgrades.KNOWN).state().nodes()).hasSize(3_000);

        documents.set(8_000, document("facts", "later", "{\"labels\":7}"));
        documents.set(2, document("facts", "first", "{\"labels\":7}"));
        storage.restore(documents);
        assertThat(refused(Upgrades.KNOWN)).hasMessageMatching("2 document\\(s\\).*facts/first.*facts/later.*");
    }

    @Test
    @DisplayName("a node of which a document is missing is not taken for one that said nothing")
    void partMissing() {
        storage.restore(List.of(
                document("node", "n1", "{\"id\":\"n1\",\"identity\":\"i\"}"),
                document("judgement", "n1", "{\"state\":\"READY\"}"),
                document("meta", "meta", META.replace("{\"cluster", "{\"format\":3,\"cluster"))));
        assertThat(refused(Upgrades.KNOWN))
                .hasMessageContaining("1 document(s)")
                .hasMessageContaining("facts/n1 (it is missing, though there is the node)");
    }

    @Test
    @DisplayName("an event that can't be read is left out, and costs no other document")
    void unreadableEvent() {
        List<StoredDocument> documents = new ArrayList<>(formOne().subList(2, 4));
        documents.add(document("event", Keys.event(2), "{\"seq\":2}"));
        documents.add(document("event", Keys.event(3), "{\"seq\":3,\"type\":\"from.the.future\",\"what\":{}}"));
        storage.restore(documents);
        assertThat(loaded(Upgrades.KNOWN).events().after(0))
                .extracting(KnitEvent::seq)
                .containsExactly(1L, 3L);
    }

    @Test
    @DisplayName("of what a commit told one event that can't be read costs none of the others")
    void unreadableAmongOthers() {
        String first = "{\"seq\":4,\"type\":\"node.ready\"}";
        String events = "{\"events\":[" + first + ",{\"seq\":5},{\"seq\":6,\"type\":\"from.the.future\"}]}";
        storage.restore(List.of(
                document("event", Keys.event(4), events),
                document("meta", "meta", META.replace("{\"cluster", "{\"format\":4,\"cluster"))));
        assertThat(loaded(Upgrades.KNOWN).events().after(0))
                .extracting(KnitEvent::seq)
                .containsExactly(4L, 6L);
    }

    @Test
    @DisplayName("documents without a cluster are no empty store: no other cluster is founded over them")
    void withoutMeta() {
        String blob = Revision.of(1, WEB).blob();
        storage.restore(
                List.of(document("deployment", "web", KeptDeployment.of(web(), blob)), document("spec", blob, WEB)));
        assertThat(refused(Upgrades.KNOWN)).hasMessageContaining("meta/meta").hasMessageContaining("backup");
        storage.restore(List.of());
        assertThat(Futures.await(load(Upgrades.KNOWN))).isEmpty();
    }

    @Test
    @DisplayName("a server of before wrote keys with its language's digits: they are written anew, and none is double")
    void keysOfALanguage() {
        Locale arabic = Locale.forLanguageTag("ar-EG");
        String first = String.format(arabic, "web/%09d", 1);
        String second = String.format(arabic, "web/%09d", 2);
        assertThat(first).isNotEqualTo("web/000000001");
        DeploymentSpec newer = DeploymentSpec.builder("web", "nginx:1.28").build();
        storage.restore(List.of(
                document("deployment", "web", web()),
                document(
                        "event",
                        String.format(arabic, "%019d", 1),
                        formOne().get(2).body()),
                document("meta", "meta", META),
                document("revision", first, Revision.of(1, WEB)),
                document("revision", second, Revision.of(2, WEB)),
                document("revision", "web/000000002", Revision.of(2, newer)),
                document("revision", String.format(arabic, "gone/%09d", 1), new Revision("gone", 1, WEB, "", ""))));

        StateLoader.Loaded state = loaded(Upgrades.KNOWN);

        assertThat(state.state().revisionsOf("web")).containsExactly(Revision.of(1, WEB), Revision.of(2, newer));
        assertThat(state.events().after(0)).hasSize(1);
        assertThat(stored())
                .containsOnlyKeys(
                        "deployment/web",
                        "event/0000000000000000001",
                        "meta/meta",
                        "revision/web/000000001",
                        "revision/web/000000002",
                        "spec/" + Revision.of(1, WEB).blob(),
                        "spec/" + Revision.of(2, newer).blob());
        assertThat(loaded(Upgrades.KNOWN).state().revisionsOf("web")).hasSize(2);
    }

    @Test
    @DisplayName(
            "a document whose spec is missing is refused by its name, and what names no spec of the store tells no hash")
    void specMissing() {
        String blob = Revision.of(1, WEB).blob();
        storage.restore(List.of(
                document("deployment", "web", KeptDeployment.of(web(), blob)),
                document("revision", "web/000000001", KeptRevision.of(Revision.of(1, WEB))),
                document("meta", "meta", META.replace("{\"cluster", "{\"format\":3,\"cluster"))));
        assertThat(refused(Upgrades.KNOWN))
                .hasMessageContaining("2 document(s)")
                .hasMessageContaining("deployment/web (the spec that it names is missing)")
                .hasMessageContaining("revision/web/000000001 (the spec that it names is missing)")
                .hasMessageNotContaining(blob);
    }

    @Test
    @DisplayName("the specs of form 2 are documents of their own after the upgrade, each once, and all is what it was")
    void specsOfFormTwo() {
        DeploymentSpec twelve = DeploymentSpec.builder("web", "nginx:1.27")
                .replicas(12)
                .nodeSelector("zone", "b")
                .registryAuth("me", "half a \ud83d character")
                .build();
        Deployment second = new Deployment("web", 2, twelve, false, NOW, NOW);
        storage.restore(List.of(
                document("revision", "web/000000001", Revision.of(1, WEB)),
                document("deployment", "web", second),
                document("revision", "web/000000002", new Revision("web", 2, twelve, "the hash of before", "")),
                document("meta", "meta", META.replace("{\"cluster", "{\"format\":2,\"cluster"))));

        ClusterState state = loaded(Upgrades.KNOWN).state();
        assertThat(loaded(Upgrades.KNOWN).state().deployments()).isEqualTo(state.deployments());

        assertThat(state.deployments()).containsOnly(Map.entry("web", second));
        assertThat(state.revisionsOf("web"))
                .containsExactly(Revision.of(1, WEB), new Revision("web", 2, twelve, "the hash of before", ""));
        assertThat(state.revisionsOf("web").iterator().next().specHash()).isEqualTo(SpecHash.of(WEB));
        assertThat(java.util.Objects.requireNonNull(state.revision("web", 2)).spec())
                .isSameAs(java.util.Objects.requireNonNull(state.deployment("web"))
                        .spec());
        assertThat(stored().keySet()).filteredOn(key -> key.startsWith("spec/")).hasSize(2);
        assertThat(stored().get("deployment/web")).doesNotContain("nginx").contains("\"replicas\":12");
    }

    @Test
    @DisplayName("a spec that nothing names is removed by the next start")
    void unused() {
        String blob = Revision.of(1, WEB).blob();
        storage.restore(List.of(
                document("spec", blob, WEB),
                document("meta", "meta", META.replace("{\"cluster", "{\"format\":3,\"cluster"))));
        loaded(Upgrades.KNOWN);
        assertThat(stored()).containsOnlyKeys("meta/meta");
    }

    private static final Sealing KEYS = new Sealing(KeyRing.of(List.of(new byte[KeyRing.KEY])), "a".repeat(25));
    private static final DeploymentSpec LOGGED_IN = DeploymentSpec.builder("web", "hub.example/web:1")
            .registryAuth("me", "mArKeR")
            .build();
    private static final String BLOB = Revision.of(1, LOGGED_IN).blob();

    private boolean isLastFirst;

    /** Counts how often it is wiped; gives documents in either order. */
    private final class Wiped implements WipingStore {
        private final InMemoryStore store;
        private int wiped;

        Wiped(InMemoryStore store) {
            this.store = store;
        }

        @Override
        public Future<List<StoredDocument>> load() {
            return store.load().map(documents -> {
                List<StoredDocument> all = new ArrayList<>(documents);
                if (isLastFirst) {
                    Collections.reverse(all);
                }
                return all;
            });
        }

        @Override
        public Future<Void> commit(List<StoreWrite> writes) {
            return store.commit(writes);
        }

        @Override
        public Future<Void> wipe() {
            wiped++;
            return Future.succeededFuture();
        }
    }

    /** As it is after a start by who had no key, with the commit in which the passwords are sealed. */
    private List<StoreWrite> sealing() {
        List<Change> deploys = List.of(
                new Change.PutDeployment(new Deployment("web", 1, LOGGED_IN, false, NOW, NOW)),
                new Change.PutRevision(Revision.of(1, LOGGED_IN)));
        ClusterState empty = ClusterState.empty("c1");
        ClusterState deployed = empty;
        for (Change change : deploys) {
            deployed = change.applyTo(deployed);
        }
        storage.restore(StateCodec.writes(new Commit(empty, deployed, deploys, List.of())).stream()
                .map(write -> document(write.table(), write.key(), String.valueOf(write.body())))
                .toList());
        assertThat(stored().get("spec/" + BLOB)).as("else this shows nothing").contains("mArKeR");
        List<Change> seals = List.of(new Change.SealPasswords());
        Commit commit = new Commit(deployed, deployed, seals, List.of());
        return StateCodec.writes(commit, Step.of(deployed, seals), new StoredEvents(List.of()), KEYS);
    }

    private int loadedWithKeys(List<StoreWrite> before) {
        SimulatedLoop loop = new SimulatedLoop(queue);
        Wiped store = new Wiped(Futures.await(InMemoryStore.open(storage, loop)));
        store.commit(before);
        queue.runFor(Duration.ofSeconds(1));
        Future<Optional<StateLoader.Loaded>> loading = new StateLoader(loop, store, PasswordSeal.of(KEYS)).load();
        queue.runFor(Duration.ofSeconds(1));
        store.store.close();
        ClusterState state = Futures.await(loading).orElseThrow().state();
        assertThat(Objects.requireNonNull(state.deployment("web")).spec()).isEqualTo(LOGGED_IN);
        return store.wiped;
    }

    @Test
    @DisplayName(
            "a password that is sealed while the server runs is in clear nowhere, and the next start wipes the store of what was")
    void sealed() {
        List<StoreWrite> seals = sealing();
        seals.forEach(write -> assertThat(String.valueOf(write.body())).doesNotContain("mArKeR"));
        assertThat(loadedWithKeys(seals)).isEqualTo(1);
        assertThat(stored().toString()).doesNotContain("mArKeR").doesNotContain("residue");
        assertThat(stored()).containsKey("sealed/" + BLOB).doesNotContainKey("spec/" + BLOB);
        assertThat(loadedWithKeys(List.of())).as("once").isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName(
            "a password that a release of before left in clear beside the sealed one is removed, whichever is read first")
    void leftInClear(boolean lastFirst) {
        isLastFirst = lastFirst;
        // as that wrote it
        List<StoreWrite> seals = sealing().stream()
                .filter(write -> !write.table().equals("spec"))
                .toList();
        assertThat(loadedWithKeys(seals)).isEqualTo(1);
        assertThat(stored().toString()).doesNotContain("mArKeR").doesNotContain("residue");
        assertThat(stored()).containsKey("sealed/" + BLOB).doesNotContainKey("spec/" + BLOB);
    }
}
