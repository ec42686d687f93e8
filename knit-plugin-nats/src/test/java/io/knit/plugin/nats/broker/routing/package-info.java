@NullMarked
package io.knit.plugin.nats.broker.routing;

import org.jspecify.annotations.NullMarked;
