package io.knit.core.server.schedule;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import java.time.Instant;

/** An instance that looks for a node. */
record LoneWish(Instance instance, DeploymentSpec spec, Instant now) {}
