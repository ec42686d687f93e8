package io.knit.testkit.sim;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the users of a simulation were promised: what the server acknowledged, and, while an answer is open, what it may be. An empty
 * spec stands for a deployment that is deleting or gone.
 */
final class Wishes {
    private static final Optional<DeploymentSpec> NONE = Optional.empty();

    private final Map<String, Wish> byName = new TreeMap<>();
    private boolean adopting;

    private static final class Wish {
        private Optional<DeploymentSpec> before = NONE;
        private List<Optional<DeploymentSpec>> possible = List.of(NONE);
        private boolean open;
    }

    private Wish wish(String name) {
        return byName.computeIfAbsent(name, unknown -> new Wish());
    }

    /** Whether a command about it waits for its answer. */
    boolean isOpen(String name) {
        return wish(name).open;
    }

    void asked(String name, Optional<DeploymentSpec> wanted) {
        Wish wish = wish(name);
        wish.open = true;
        wish.before = wish.possible.get(0);
        List<Optional<DeploymentSpec>> possible = new ArrayList<>(wish.possible);
        possible.add(wanted);
        wish.possible = List.copyOf(possible);
    }

    void granted(String name, Optional<DeploymentSpec> wanted) {
        Wish wish = wish(name);
        wish.open = false;
        wish.possible = List.of(wanted);
    }

    void refused(String name) {
        Wish wish = wish(name);
        wish.open = false;
        wish.possible = List.of(wish.before);
    }

    /** Open answers will never come: the next server tells by its state what became of them. */
    void serverDied() {
        byName.values().forEach(wish -> wish.open = false);
    }

    /** The server's state is put back to an older one: what that holds is what counts. */
    void restored() {
        byName.clear();
        adopting = true;
    }

    /** Compares with a server's committed state. */
    void compare(ClusterSnapshot snapshot) {
        if (adopting) {
            adopting = false;
            snapshot.deployments().forEach(view -> wish(view.name()).possible = List.of(specIn(snapshot, view.name())));
        }
        byName.forEach((name, wish) -> {
            Optional<DeploymentSpec> found = specIn(snapshot, name);
            if (!wish.possible.contains(found)) {
                throw new Violation("deployment " + name + " is " + found + "; acknowledged was " + wish.possible);
            }
            if (!wish.open) {
                wish.possible = List.of(found);
            }
        });
        snapshot.deployments().forEach(deployment -> {
            if (!byName.containsKey(deployment.name())) {
                throw new Violation("deployment " + deployment.name() + " was never asked for");
            }
        });
    }

    private static Optional<DeploymentSpec> specIn(ClusterSnapshot snapshot, String name) {
        return snapshot.deployment(name)
                .filter(view -> !view.deployment().deleting())
                .map(view -> view.deployment().spec());
    }

    /** What must be there once everything has settled, by name; without those whose answer is open. */
    Map<String, Optional<DeploymentSpec>> settled() {
        Map<String, Optional<DeploymentSpec>> settled = new TreeMap<>();
        byName.forEach((name, wish) -> {
            if (!wish.open && wish.possible.size() == 1) {
                settled.put(name, wish.possible.get(0));
            }
        });
        return settled;
    }

    /** Whether it is known of every deployment what it must be. */
    boolean allKnown() {
        return settled().size() == byName.size();
    }
}
