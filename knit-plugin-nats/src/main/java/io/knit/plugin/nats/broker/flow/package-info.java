/**
 * How much and how fast: takes a channel, gives when to read from it, how much at a time, and when what is held for clients is too
 * much. Knows neither subjects nor users; what it bounds is {@code Guarded}.
 */
@NullMarked
package io.knit.plugin.nats.broker.flow;

import org.jspecify.annotations.NullMarked;
