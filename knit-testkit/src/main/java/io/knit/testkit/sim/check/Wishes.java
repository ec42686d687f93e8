package io.knit.testkit.sim.check;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.core.spec.SpecTable;
import io.knit.testkit.sim.host.InvariantViolation;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the users of a simulation were promised: what the server acknowledged, and, while an answer is open, what it may be. An empty
 * spec stands for a deployment that is deleting or gone.
 */
public final class Wishes {
    private static final Optional<DeploymentSpec> NONE = Optional.empty();

    /** Answers that leave open whether the command was done. */
    private static final Set<ErrorCode> DOUBTS = Set.of(ErrorCode.COMMIT_IN_DOUBT, ErrorCode.CLOSED);

    private final Map<String, Wish> byName = new TreeMap<>();
    private boolean adopting;

    /** What one name may stand for: one thing, or two while it is not known what became of a command. */
    private static final class Wish {
        private Optional<DeploymentSpec> before = NONE;
        private Optional<DeploymentSpec> wanted = NONE;
        private Answer answer = Answer.KNOWN;
        /** What is wanted was seen: what has been done is not undone, whatever the answer is. */
        private boolean done;
        /** All that it ever was, but for their number. */
        private final Set<Optional<DeploymentSpec>> granted = new HashSet<>();
        /** That of {@link #granted} which came last, with its number: it is mostly the same again. */
        private @Nullable DeploymentSpec last;

        private void becomes(Optional<DeploymentSpec> spec) {
            before = spec;
            wanted = spec;
            done = false;
        }

        private boolean isOpen() {
            return answer != Answer.KNOWN || !before.equals(wanted);
        }

        private void mustBe(String name, Found now) {
            Optional<DeploymentSpec> found = now.spec();
            if (found.equals(wanted)) {
                done = true;
            } else if (now.wentBack() && granted.contains(Found.withoutCount(found))) {
                // its rollout failed: what was healthy before is there again
                before = found;
                done = false;
            } else if (done) {
                throw new InvariantViolation("deployment " + name + " was " + wanted + ", and is " + found + " again");
            } else if (!found.equals(before)) {
                throw new InvariantViolation("deployment " + name + " is " + found + "; acknowledged was " + before
                        + (before.equals(wanted) ? "" : " or " + wanted));
            }
            if (answer == Answer.KNOWN) {
                becomes(found);
            }
            if (found.orElse(null) != last) {
                last = found.orElse(null);
                granted.add(Found.withoutCount(found));
            }
        }
    }

    /**
     * What a server shows under a name.
     *
     * @param wentBack whether it says that it took another spec back
     */
    private record Found(Optional<DeploymentSpec> spec, boolean wentBack) {
        static final Found NOTHING = new Found(Optional.empty(), false);

        static Found in(ClusterSnapshot snapshot, String name) {
            return snapshot.deployment(name)
                    .map(DeploymentView::deployment)
                    .filter(it -> !it.deleting())
                    .map(it -> new Found(
                            Optional.of(it.spec()), it.rollout().reason().contains("went back to revision")))
                    .orElse(NOTHING);
        }

        /** How many there are is wished apart from what they are. */
        static Optional<DeploymentSpec> withoutCount(Optional<DeploymentSpec> spec) {
            return spec.map(it -> SpecTable.SPEC.with(it, Map.of("replicas", 0)));
        }
    }

    private enum Answer {
        /** It has not come yet. */
        OPEN,
        /** It came, and says that the command may have been done or not. */
        DOUBT,
        /** It has come, or never will; what is still possible is told by the state of the next server. */
        KNOWN
    }

    private Wish wish(String name) {
        return byName.computeIfAbsent(name, unknown -> new Wish());
    }

    /** Whether a command about it waits for its answer, or for a server that tells what became of it. */
    public boolean isOpen(String name) {
        return wish(name).isOpen();
    }

    public void asked(String name, Optional<DeploymentSpec> wanted) {
        Wish wish = wish(name);
        if (wish.isOpen()) {
            throw new IllegalStateException("one command at a time: what became of the last on " + name + " is open");
        }
        wish.answer = Answer.OPEN;
        wish.wanted = wanted;
        wish.done = false;
    }

    /**
     * The answer came. A command that was granted is there from now on, and one that was refused never was nor will be; of one that may
     * have been done or not it will be known from the next server.
     *
     * @param failure null: it was granted
     * @param now what the server that says so shows at this moment
     */
    public void answered(String name, @Nullable Throwable failure, Optional<ClusterSnapshot> now) {
        Wish wish = wish(name);
        if (failure instanceof KnitException known && DOUBTS.contains(known.code())) {
            wish.answer = Answer.DOUBT;
            return;
        }
        if (failure == null) {
            wish.becomes(wish.wanted);
        } else if (wish.done && !wish.before.equals(wish.wanted)) {
            throw new InvariantViolation("a command on " + name + " was refused, and had been done: " + failure);
        } else {
            wish.becomes(wish.before);
        }
        wish.answer = Answer.KNOWN;
        now.ifPresent(snapshot -> wish.mustBe(name, Found.in(snapshot, name)));
    }

    /** Open answers will never come, and doubts end: the next server tells by its state what became of them. */
    public void serverDied() {
        byName.values().forEach(wish -> wish.answer = Answer.KNOWN);
    }

    /** The server's state is put back to an older one: what that holds is what counts. */
    public void restored() {
        byName.clear();
        adopting = true;
    }

    /** Whether the next state that is compared is one that was put back, which no state before it led to. */
    boolean areRestored() {
        return adopting;
    }

    /** Compares with a server's committed state. */
    void compare(ClusterSnapshot snapshot) {
        if (adopting) {
            adopting = false;
            snapshot.deployments()
                    .forEach(view -> wish(view.name())
                            .becomes(Found.in(snapshot, view.name()).spec()));
        }
        byName.forEach((name, wish) -> wish.mustBe(name, Found.in(snapshot, name)));
        snapshot.deployments().forEach(deployment -> {
            if (!byName.containsKey(deployment.name())) {
                throw new InvariantViolation("deployment " + deployment.name() + " was never asked for");
            }
        });
    }

    /** What must be there once everything has settled, by name; without those of which that is open. */
    public Map<String, Optional<DeploymentSpec>> settled() {
        Map<String, Optional<DeploymentSpec>> settled = new TreeMap<>();
        byName.forEach((name, wish) -> {
            if (!isOpen(name)) {
                settled.put(name, wish.before);
            }
        });
        return settled;
    }

    /** Whether it is known of every deployment what it must be. */
    boolean allKnown() {
        return byName.keySet().stream().noneMatch(this::isOpen);
    }
}
