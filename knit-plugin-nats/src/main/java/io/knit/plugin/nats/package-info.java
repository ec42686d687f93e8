/**
 * The transport over NATS: {@link io.knit.plugin.nats.NatsPlugin} makes a {@link io.knit.plugin.nats.NatsTransport}, for a
 * server with a broker of its own ({@link io.knit.plugin.nats.broker}) unless it is told to use an outside NATS.
 *
 * <p>Steps 7 and 12 of a request's way pass through here: takes bytes for a subject, gives them to whoever subscribed.
 */
@NullMarked
package io.knit.plugin.nats;

import org.jspecify.annotations.NullMarked;
