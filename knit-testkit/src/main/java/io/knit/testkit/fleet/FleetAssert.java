package io.knit.testkit.fleet;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import org.assertj.core.api.AbstractAssert;

/** What is said of a fleet. */
public final class FleetAssert extends AbstractAssert<FleetAssert, TestFleet> {
    FleetAssert(TestFleet fleet) {
        super(fleet, FleetAssert.class);
    }

    /** A deployment, which may still be to come. */
    public DeploymentAssert deployment(String name) {
        isNotNull();
        return new DeploymentAssert(actual, name);
    }

    /** What would become of a spec if it were deployed now; nothing is. Fails as deploying would where it is refused. */
    public PlanAssert plan(DeploymentSpec spec) {
        isNotNull();
        return new PlanAssert(actual, actual.await(actual.server().plan(new Command.Deploy(spec), Caller.PROGRAM)));
    }
}
