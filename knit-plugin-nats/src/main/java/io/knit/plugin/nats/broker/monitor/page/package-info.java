/**
 * The pages of monitoring: takes a {@code Query} and what {@code Watched} says, gives an {@code Answer} in the fields of nats-server.
 *
 * <p>Names and subjects are strangers' bytes: they appear as JSON strings only, never in HTML or as a Prometheus label.
 */
@NullMarked
package io.knit.plugin.nats.broker.monitor.page;

import org.jspecify.annotations.NullMarked;
