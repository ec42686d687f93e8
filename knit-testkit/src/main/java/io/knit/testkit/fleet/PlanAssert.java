package io.knit.testkit.fleet;

import io.knit.api.command.Plan;
import io.knit.api.command.Plan.Step;
import io.knit.api.model.Node;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Condition;
import org.jspecify.annotations.Nullable;

/** What is said of a plan. */
public final class PlanAssert extends AbstractAssert<PlanAssert, Plan> {
    private final TestFleet fleet;

    PlanAssert(TestFleet fleet, Plan plan) {
        super(plan, PlanAssert.class);
        this.fleet = fleet;
    }

    /** Where the slots of a deployment would be. */
    public PlacesAssert places(String deployment) {
        isNotNull();
        List<Step> steps = actual.steps().stream()
                .filter(step -> step.deployment().equals(deployment) && step.action() != Plan.Action.STOP)
                .toList();
        if (steps.isEmpty()) {
            failWithMessage("The plan to %s has no slot of %s", actual.command(), deployment);
        }
        return new PlacesAssert(fleet, deployment, steps);
    }

    /** Slots, and where each would be. */
    public static final class PlacesAssert extends AbstractAssert<PlacesAssert, List<Step>> {
        private final TestFleet fleet;
        private final String deployment;

        PlacesAssert(TestFleet fleet, String deployment, List<Step> steps) {
            super(steps, PlacesAssert.class);
            this.fleet = fleet;
            this.deployment = deployment;
        }

        /** Every slot would be on such a node. */
        public PlacesAssert on(Condition<Node> condition) {
            for (Step step : actual) {
                Node node = node(step.to());
                if (node == null || !condition.matches(node)) {
                    failWithMessage(
                            "Expected every slot of %s on %s, but slot %s would be %s.%nAll:%n%s",
                            deployment, condition, step.slot(), where(step), all());
                }
            }
            return this;
        }

        /** No slot would be on any node, and each says why with these words in it. */
        public PlacesAssert nowhere(String why) {
            for (Step step : actual) {
                if (step.to() != null || !step.reason().contains(why)) {
                    failWithMessage(
                            "Expected slot %s of %s nowhere, as \"%s\", but it would be %s.%nAll:%n%s",
                            step.slot(), deployment, why, where(step), all());
                }
            }
            return this;
        }

        private @Nullable Node node(@Nullable String id) {
            return id == null ? null : fleet.server().node(id).orElse(null);
        }

        private String where(Step step) {
            Node node = node(step.to());
            String place = node == null ? "nowhere" : "on " + node.id() + " " + node.labels();
            return step.reason().isEmpty() ? place : place + " (" + step.reason() + ")";
        }

        private String all() {
            return Objects.requireNonNull(actual).stream()
                    .map(step -> "  slot " + step.slot() + " " + where(step))
                    .collect(Collectors.joining("\n"));
        }
    }
}
