/**
 * Takes the user that a client is, gives what it may do: publish, subscribe, answer. Who may do everything has no {@code Rights}, and what
 * a subscription may not get is left out where it is delivered, not message by message.
 */
@NullMarked
package io.knit.plugin.nats.broker.session;

import org.jspecify.annotations.NullMarked;
