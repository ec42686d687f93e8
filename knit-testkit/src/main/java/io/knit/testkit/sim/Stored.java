package io.knit.testkit.sim;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.core.KnitServer;
import io.knit.core.server.documents.PasswordSeal;
import io.knit.core.server.documents.StateLoader;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.value.KeyRing;
import io.knit.core.server.value.Sealing;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.sim.host.InvariantViolation;
import io.knit.testkit.sim.host.SimulatedServer;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * That the server shows what its disk holds: else its next start brings back what was refused, or loses what was granted. It is looked
 * for at once and not only at that start, which may find it overwritten. And that such a start has nothing to do where all is well.
 */
final class Stored {
    private static final long ANY_SEED = 1;
    private static final PasswordSeal SEAL = PasswordSeal.of(
            new Sealing(KeyRing.of(List.of(Base64.getDecoder().decode(SimulatedServer.KEY))), "nothing is sealed"));
    private static final Duration PLANNED = Duration.ofMinutes(1);
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(1);

    private Stored() {}

    /** Compares, unless a commit is just on its way, which the disk may hold and the server not yet show. */
    static void isWhatIsShown(SimulatedFleet fleet) {
        Optional<ClusterSnapshot> shown = fleet.server().snapshot();
        if (shown.isPresent()) {
            compare(shown.get(), load(fleet.server().storage()));
        }
    }

    private static void compare(ClusterSnapshot shown, ClusterState stored) {
        if (stored.revision() < shown.revision()) {
            throw new InvariantViolation(
                    "the server shows revision " + shown.revision() + ", and its disk has only " + stored.revision());
        }
        if (stored.revision() > shown.revision()) {
            return;
        }
        Map<String, Object> onDisk = new HashMap<>(stored.deployments());
        stored.instances().forEach((id, instance) -> onDisk.put(id, compared(instance)));
        stored.nodes().values().forEach(node -> onDisk.put("node " + node.id(), node.wish()));
        Map<String, Object> inMemory = new HashMap<>();
        shown.nodes().forEach(node -> inMemory.put("node " + node.id(), node.wish()));
        shown.deployments().forEach(view -> {
            inMemory.put(view.name(), view.deployment());
            view.instances().forEach(instance -> inMemory.put(instance.id(), compared(instance)));
        });
        if (!onDisk.equals(inMemory)) {
            Map<String, Object> left = new TreeMap<>(onDisk);
            left.entrySet().removeAll(inMemory.entrySet());
            inMemory.entrySet().removeAll(onDisk.entrySet());
            throw new InvariantViolation("at revision " + shown.revision() + " the disk has " + left
                    + ", and the server shows " + new TreeMap<>(inMemory));
        }
    }

    private static List<Object> compared(Instance instance) {
        return List.of(
                instance.slotKey(),
                instance.revision(),
                instance.order(),
                instance.state(),
                instance.ports(),
                instance.node() == null ? "no node" : instance.node());
    }

    /** What a server that starts now would find. */
    private static ClusterState load(InMemoryStorage storage) {
        EventQueue queue = new EventQueue(ANY_SEED);
        InMemoryStorage copy = new InMemoryStorage();
        copy.restore(storage.documents());
        InMemoryStore store = Objects.requireNonNull(InMemoryStore.open(copy).result());
        Future<Optional<StateLoader.Loaded>> loading = new StateLoader(new SimulatedLoop(queue), store, SEAL).load();
        queue.runFor(LONG_ENOUGH);
        if (loading.failed()) {
            throw new InvariantViolation("what is stored can't be loaded: " + loading.cause());
        }
        return loading.result()
                .map(StateLoader.Loaded::state)
                .orElseThrow(() -> new InvariantViolation("a server runs, and nothing is stored"));
    }

    /** Plans a settled fleet anew, from all that its server shows and by the server's own functions: what is well stays as it is. */
    static void keepsWhatIsWell(SimulatedFleet fleet) {
        KnitServer server = fleet.orchestrator();
        Map<String, String> before = well(server.snapshot());
        Map<String, String> after = all(Simulation.of(server).advance(PLANNED).snapshot());
        before.forEach((instance, how) -> {
            if (!how.equals(after.get(instance))) {
                throw new InvariantViolation(
                        instance + " is well, and " + how + "; planned anew it is " + after.get(instance));
            }
        });
    }

    /** Of deployments to which nothing is to happen. */
    private static Map<String, String> well(ClusterSnapshot snapshot) {
        Map<String, String> all = new TreeMap<>();
        for (DeploymentView view : snapshot.deployments()) {
            boolean well = !view.deployment().deleting()
                    && !view.deployment().rollout().isUnderWay()
                    && view.instances().stream().allMatch(it -> it.isLive() && it.isHealthy());
            if (well) {
                all.put(view.name(), "its rollout is " + view.deployment().rollout());
                view.instances().forEach(it -> all.put(it.id(), how(it)));
            }
        }
        return all;
    }

    private static Map<String, String> all(ClusterSnapshot snapshot) {
        Map<String, String> all = new TreeMap<>();
        for (DeploymentView view : snapshot.deployments()) {
            all.put(view.name(), "its rollout is " + view.deployment().rollout());
            view.instances().forEach(it -> all.put(it.id(), how(it)));
        }
        return all;
    }

    private static String how(Instance instance) {
        return "to " + instance.order() + " on " + instance.node() + " by revision " + instance.revision();
    }
}
