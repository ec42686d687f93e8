package io.knit.core.server.documents;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.store.StoreWrite;
import io.knit.core.server.documents.upgrade.Upgrades;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.SpecBlob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecWritesTest {
    private ClusterState state = ClusterState.empty("c");
    /** By table and key. */
    private final Map<String, String> stored = new TreeMap<>();

    private List<StoreWrite> commit(Change... changes) {
        ClusterState after = state;
        for (Change change : changes) {
            after = change.applyTo(after);
        }
        List<StoreWrite> writes = StateCodec.writes(new Commit(state, after, List.of(changes), List.of()));
        state = after;
        for (StoreWrite write : writes) {
            String key = write.table() + "/" + write.key();
            if (write.body() == null) {
                stored.remove(key);
            } else {
                stored.put(key, write.body());
            }
        }
        return writes;
    }

    private static Change[] revision(int number, DeploymentSpec spec) {
        return new Change[] {
            new Change.PutDeployment(new Deployment(spec.name(), number, spec, false, NOW, NOW)),
            new Change.PutRevision(Revision.of(number, spec))
        };
    }

    private Set<String> specs() {
        return stored.keySet().stream()
                .filter(key -> key.startsWith("spec/"))
                .map(key -> key.substring("spec/".length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(DeploymentSpec spec) {
        return SpecBlob.of(spec).blob();
    }

    @Test
    void aSpecIsWrittenOnceForAllThatNameIt() {
        String large = "x".repeat(100_000);
        DeploymentSpec one = spec("web").template("/a", large).build();
        DeploymentSpec twelve = spec("web").template("/a", large).replicas(12).build();

        assertThat(commit(revision(1, one)).toString()).containsOnlyOnce(large);
        assertThat(commit(revision(2, twelve)).toString()).doesNotContain(large);
        assertThat(specs()).containsExactly(name(one));
        assertThat(stored.get("deployment/web")).contains("\"replicas\":12");
    }

    @Test
    void theLastThatNamesASpecTakesItAlongInTheSameCommit() {
        DeploymentSpec first = spec("web").env("A", "1").build();
        DeploymentSpec second = spec("web").env("A", "2").build();
        commit(revision(1, first));
        commit(revision(2, second));
        assertThat(specs()).containsExactlyInAnyOrder(name(first), name(second));

        assertThat(commit(new Change.RemoveRevision("web", 1)))
                .contains(StoreWrite.remove("spec", name(first)))
                .contains(StoreWrite.remove("revision", "web/000000001"));
        assertThat(specs()).containsExactly(name(second));

        commit(new Change.RemoveDeployment("web"));
        assertThat(specs()).isEmpty();
    }

    @Test
    void oneThatIsDroppedAndTakenUpInOneCommitStays() {
        DeploymentSpec first = spec("web").env("A", "1").build();
        commit(revision(1, first));
        List<Change> changes = new ArrayList<>(List.of(new Change.RemoveDeployment("web")));
        changes.addAll(List.of(revision(1, first)));
        commit(changes.toArray(Change[]::new));
        assertThat(specs()).containsExactly(name(first));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void whatIsStoredIsWhatIsNamedAndIsReadAgain(int seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            String name = "web-" + random.nextInt(3);
            int number = 1 + random.nextInt(4);
            DeploymentSpec spec = spec(name)
                    .env("A", "" + random.nextInt(4))
                    .replicas(random.nextInt(3))
                    .nodeSelector("zone", "" + random.nextInt(2))
                    .build();
            switch (random.nextInt(4)) {
                case 0 -> commit(new Change.RemoveDeployment(name));
                case 1 -> commit(new Change.RemoveRevision(name, number + 1));
                default -> commit(revision(number, spec));
            }
            Set<String> named = new TreeSet<>();
            state.deployments().values().forEach(d -> named.add(name(d.spec())));
            for (int i = 0; i < 3; i++) {
                state.revisionsOf("web-" + i).forEach(r -> named.add(name(r.spec())));
            }
            assertThat(specs()).as("round %d", round).isEqualTo(named);

            StateReading reading = new StateReading(Upgrades.KNOWN, Upgrades.KNOWN.newest());
            stored.forEach((key, body) -> {
                int slash = key.indexOf('/');
                reading.take(new io.knit.api.spi.store.StoredDocument(
                        key.substring(0, slash), key.substring(slash + 1), body));
            });
            ClusterState read = reading.finish().orElseThrow().state();
            assertThat(reading.mended()).isEmpty();
            assertThat(read.deployments()).isEqualTo(state.deployments());
            for (int i = 0; i < 3; i++) {
                assertThat(List.copyOf(read.revisionsOf("web-" + i)))
                        .isEqualTo(List.copyOf(state.revisionsOf("web-" + i)));
            }
        }
    }
}
