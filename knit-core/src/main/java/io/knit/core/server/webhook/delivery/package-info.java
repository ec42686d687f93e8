/**
 * Takes commits, gives their events to those webhooks that want them: a {@link io.knit.core.server.webhook.delivery.HookLine} each, one message after the other. On a context
 * of its own: who decides waits for no receiver.
 */
@NullMarked
package io.knit.core.server.webhook.delivery;

import org.jspecify.annotations.NullMarked;
