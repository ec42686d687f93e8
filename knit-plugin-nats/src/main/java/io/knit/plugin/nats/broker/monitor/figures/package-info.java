/**
 * What can be known of a broker: records that it fills and pages show. {@code Watched} is the broker as they see it; nothing here knows how
 * a broker works, and nothing is given any credentials.
 */
@NullMarked
package io.knit.plugin.nats.broker.monitor.figures;

import org.jspecify.annotations.NullMarked;
