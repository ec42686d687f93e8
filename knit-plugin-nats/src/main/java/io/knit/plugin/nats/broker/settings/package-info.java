/**
 * What a broker is told: takes what {@code EmbeddedNatsBuilder} was given and has checked, gives it as one immutable
 * {@link io.knit.plugin.nats.broker.settings.BrokerSettings}, with whom to tell of clients that come and go.
 */
@NullMarked
package io.knit.plugin.nats.broker.settings;

import org.jspecify.annotations.NullMarked;
