/** Takes a schedule and a moment, gives the next one at which it is due, in a zone's time (pure). The one place that knows the cron library. */
@NullMarked
package io.knit.core.rules.clock;

import org.jspecify.annotations.NullMarked;
