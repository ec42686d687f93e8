/**
 * Step 11: takes what was seen of instances, gives {@link io.knit.core.wire.StatusReport}s to the server, sent again until
 * acknowledged.
 */
@NullMarked
package io.knit.core.agent.report;

import org.jspecify.annotations.NullMarked;
