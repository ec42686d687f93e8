/**
 * What a broker tells of itself over HTTP, under the paths and field names of nats-server's monitoring, so that what reads
 * that one reads this one. {@link io.knit.plugin.nats.broker.monitor.Monitor} listens and asks a
 * {@link io.knit.plugin.nats.broker.monitor.Watched}, which the broker is; nothing here knows how a broker works.
 *
 * <p>The way of a request: {@code MonitorHandler} takes it, {@code Query} reads its parameters, a page ({@code VarzPage},
 * {@code ConnzPage}, {@code SubszPage}, {@code MetricsPage}) makes an {@code Answer} of what {@code Watched} says.
 *
 * <p>Names and subjects are strangers' bytes: they appear as JSON strings only, never in HTML or as a Prometheus label.
 * Nothing here is given any credentials.
 */
@NullMarked
package io.knit.plugin.nats.broker.monitor;

import org.jspecify.annotations.NullMarked;
