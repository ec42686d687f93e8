/**
 * 6 schedule, whether it fits: takes a wish and a node, gives ports or the cause against it (pure). If no node fits, that is a
 * {@link io.knit.core.server.schedule.fit.Refusal}; who waits with it is a {@link io.knit.core.server.schedule.fit.Waiting}, which an
 * {@link io.knit.core.server.schedule.fit.Opening} may wake.
 */
@NullMarked
package io.knit.core.server.schedule.fit;

import org.jspecify.annotations.NullMarked;
