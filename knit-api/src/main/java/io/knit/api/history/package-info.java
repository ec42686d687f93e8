/** What was done to a cluster, by whom, and why: {@link io.knit.api.Orchestrator#history}. */
@NullMarked
package io.knit.api.history;

import org.jspecify.annotations.NullMarked;
