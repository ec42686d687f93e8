package io.knit.testkit.fleet;

import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Condition;

/** What is said of a deployment, by its name. What says that something comes waits for it, as long as {@link TestFleet#comesTrue} does. */
public final class DeploymentAssert extends AbstractAssert<DeploymentAssert, String> {
    private final TestFleet fleet;

    DeploymentAssert(TestFleet fleet, String name) {
        super(name, DeploymentAssert.class);
        this.fleet = fleet;
    }

    /** Every slot runs, or does so soon, and is healthy where that is asked for; of a job, all is done. */
    public DeploymentAssert isRunning() {
        DeploymentView known = view();
        boolean isJob = known.deployment().spec().mode() == Mode.JOB;
        boolean comes = fleet.comesTrue(() -> isEnd(view().status()));
        DeploymentStatus wanted = isJob ? DeploymentStatus.COMPLETED : DeploymentStatus.RUNNING;
        return comes ? hasStatus(wanted) : hasStatus(wanted, " for as long as was waited");
    }

    /** It is gone from every node, or is so soon. */
    public DeploymentAssert isGone() {
        if (!fleet.comesTrue(() -> fleet.server().deployment(actual).isEmpty())) {
            failWithMessage("Expected %s to be gone, but it is %s%n%s", actual, view().status(), instances());
        }
        return this;
    }

    /** It has this status now. */
    public DeploymentAssert hasStatus(DeploymentStatus status) {
        return hasStatus(status, "");
    }

    private DeploymentAssert hasStatus(DeploymentStatus status, String how) {
        DeploymentView view = view();
        if (view.status() != status) {
            failWithMessage(
                    "Expected %s to be %s, but it is %s%s%n%s", actual, status, view.status(), how, instances());
        }
        return this;
    }

    /** Whether nothing else follows by itself. */
    private static boolean isEnd(DeploymentStatus status) {
        return status == DeploymentStatus.RUNNING
                || status == DeploymentStatus.COMPLETED
                || status == DeploymentStatus.FAILED;
    }

    /** So many instances run now. */
    public DeploymentAssert hasRunning(int count) {
        if (running().size() != count) {
            failWithMessage(
                    "Expected %s instances of %s to run, but %s do%n%s",
                    count, actual, running().size(), instances());
        }
        return this;
    }

    /** Whatever of it runs now is on such nodes, and something does. */
    public DeploymentAssert runsOn(Condition<Node> condition) {
        List<Instance> running = running();
        Set<String> elsewhere = new TreeSet<>();
        for (Instance instance : running) {
            boolean isThere = fleet.server()
                    .node(String.valueOf(instance.node()))
                    .filter(condition::matches)
                    .isPresent();
            if (!isThere) {
                elsewhere.add(instance.id() + " on " + instance.node());
            }
        }
        if (running.isEmpty() || !elsewhere.isEmpty()) {
            failWithMessage(
                    "Expected %s to run on %s, but %s%n%s",
                    actual, condition, running.isEmpty() ? "nothing of it runs" : elsewhere, instances());
        }
        return this;
    }

    /** An instance of it waits now, and says why with these words in it. */
    public DeploymentAssert waitsBecause(String why) {
        boolean waits = view().instances().stream()
                .anyMatch(each ->
                        each.state() == InstanceState.PENDING && each.reason().contains(why));
        if (!waits) {
            failWithMessage("Expected an instance of %s to wait because \"%s\"%n%s", actual, why, instances());
        }
        return this;
    }

    private DeploymentView view() {
        return fleet.server()
                .deployment(actual)
                .orElseThrow(() -> new AssertionError("There is no deployment " + actual + "; there are "
                        + fleet.server().snapshot().deployments().stream()
                                .map(each -> each.deployment().name())
                                .toList()));
    }

    private List<Instance> running() {
        return view().instances().stream()
                .filter(instance -> instance.state() == InstanceState.RUNNING)
                .toList();
    }

    /** What is, and why. */
    private String instances() {
        return fleet.server()
                .deployment(actual)
                .map(view -> view.instances().stream()
                        .map(each -> "  " + each.id() + " is " + each.shown().wireName()
                                + (each.node() == null ? "" : " on " + each.node())
                                + (each.reason().isEmpty() ? "" : ": " + each.reason()))
                        .collect(Collectors.joining("\n")))
                .orElse("  there is no such deployment");
    }
}
