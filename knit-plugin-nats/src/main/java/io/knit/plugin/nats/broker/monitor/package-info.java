/**
 * What a broker tells of itself over HTTP, under the paths and field names of nats-server's monitoring, so that what reads
 * that one reads this one: takes requests of strangers, gives each its {@code Answer} or none.
 *
 * <p>{@link io.knit.plugin.nats.broker.monitor.Monitor} listens, {@code MonitorHandler} takes a request, {@code Site} knows which
 * page answers it, and {@code Guests} how many may ask at once.
 */
@NullMarked
package io.knit.plugin.nats.broker.monitor;

import org.jspecify.annotations.NullMarked;
