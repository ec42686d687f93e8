/**
 * Takes what is wanted of webhooks and what became of their messages, gives changes; and takes events, gives messages that are signed (pure). When a message is
 * sent again is {@link io.knit.core.server.webhook.RetrySchedule}.
 */
@NullMarked
package io.knit.core.server.webhook;

import org.jspecify.annotations.NullMarked;
